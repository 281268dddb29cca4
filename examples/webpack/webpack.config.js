import deche from 'deche/webpack'

export default {
  mode: 'production',
  devtool: 'source-map',
  target: 'node20',
  entry: './src/main.js',
  experiments: { outputModule: true },
  output: { filename: 'main.js', module: true, chunkFormat: 'module' },
  externals: [/^deche/],
  externalsType: 'module',
  plugins: [deche()],
}

import deche from 'deche/rspack'

export default {
  mode: 'production',
  devtool: 'source-map',
  target: 'node20',
  entry: './src/main.ts',
  experiments: { outputModule: true },
  output: { filename: 'main.js', module: true, chunkFormat: 'module' },
  externals: [/^deche/],
  externalsType: 'module',
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: 'builtin:swc-loader',
        options: { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } },
      },
    ],
  },
  plugins: [deche()],
}

import deche from 'deche/bun'

await Bun.build({
  entrypoints: ['src/main.ts'],
  outdir: 'dist',
  target: 'bun',
  packages: 'external',
  plugins: [deche()],
})

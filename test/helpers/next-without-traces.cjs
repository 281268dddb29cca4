// Loaded in front of `next build --webpack`, which ends with a look through all of its server for what a deployment has to
// take along. That takes as long as the build itself, and nobody deploys this one.
const { Module } = require('node:module')

const file = require.resolve('next/dist/build/collect-build-traces')
require.cache[file] = Object.assign(new Module(file), {
  filename: file,
  loaded: true,
  exports: { collectBuildTraces: async () => {} },
})

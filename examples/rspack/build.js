import { rspack } from '@rspack/core'
import config from './rspack.config.js'

rspack(config).run((error, stats) => {
  console.log(error ?? stats.toString({ preset: 'errors-warnings' }))
  if (error || stats.hasErrors()) process.exitCode = 1
})

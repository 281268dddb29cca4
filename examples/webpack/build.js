import webpack from 'webpack'
import config from './webpack.config.js'

webpack(config).run((error, stats) => {
  console.log(error ?? stats.toString({ preset: 'errors-warnings' }))
  if (error || stats.hasErrors()) process.exitCode = 1
})

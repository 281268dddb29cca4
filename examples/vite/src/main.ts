import { forecast } from './forecast.js'

console.log(await forecast('Oslo'))

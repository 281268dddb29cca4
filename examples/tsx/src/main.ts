import { forecast } from './forecast.ts'

console.log(await forecast('Oslo'))

import { forecast } from '@example/forecasts'

console.log(await forecast('Oslo'))

/** Functions as people write them, to see what compiling adds to each. */
export const FORMS = [
  {
    form: 'without options',
    text: '/** @deche */\nexport function distance(from: string, to: string) { return from + to }',
  },
  {
    form: 'two options',
    text: '/** @deche ttl=7d errors=off */\nexport function forecast(city: string) { return city }',
  },
  { form: 'async', text: '/** @deche */\nexport async function forecast(city: string) { return city }' },
  { form: 'an arrow', text: '/** @deche */\nexport const forecast = (city: string) => city' },
  { form: 'a method', text: 'export class Api {\n/** @deche */\nload(city: string) { return city }\n}' },
  {
    form: 'a method with `attrs`',
    text: 'export class Api {\nid = 1\n/** @deche attrs=id */\nload(city: string) { return this.id + city }\n}',
  },
  {
    form: 'one that reaches two other declarations',
    text: 'const RATE = 2\nfunction double(n: number) { return n * RATE }\n/** @deche */\nexport function price(n: number) { return double(n) }',
  },
  {
    form: 'async, three parameters, two options',
    text: '/** @deche ttl=7d ignore=signal */\nexport async function forecast(city: string, days = 3, signal?: AbortSignal) { return city + days }',
  },
]

/** A tagged function in front of it, so that what a file gets once does not count. */
export const withNeighbour = (text) => `/** @deche */\nexport function neighbour() { return 1 }\n${text}\n`

/** The same text, as long, without its own tag. */
export const untagged = (text) => text.replace('@deche', '@other')

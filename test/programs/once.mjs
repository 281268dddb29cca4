// Says that it is ready, waits for the word, calls one function once, and tells what came and whether the body ran.
import { Cache } from './index.js'

const { prefix, key } = JSON.parse(process.argv[2])
let ran = false
const slow = new Cache({ prefix }).wrap(
  async (n) => {
    ran = true
    await new Promise((resolve) => setTimeout(resolve, 20))
    return { n, text: 'x'.repeat(100_000) }
  },
  { name: 'demo.slow', params: ['n'] },
)
process.send('ready')
process.once('message', async () => {
  const { n, text } = await slow(key)
  process.send({ n, length: text.length, ran }, () => process.disconnect())
})

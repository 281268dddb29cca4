// A module as the transformer writes it, with generators; prints what a consumer gets, and which bodies ran.
import { cached } from './index.js'
import * as $deche from './runtime.js'

const $d0 = () => ['demo.src.main.pages', ['book', 'last?'], undefined, () => pages, undefined, { generator: true }]
const $d1 = () => [
  'demo.src.main.Feed.lines',
  ['count'],
  undefined,
  () => Feed.prototype.lines,
  undefined,
  { attrs: ['name'], async: true, generator: true },
]
const $d2 = () => ['demo.src.main.upTo', ['n'], undefined, () => upTo, undefined, { captures: ['limit'] }]
$deche.register($d0, $d1, $d2)

const ran = []

function* pages(book, last = 2) {
  return yield* $deche.runGenerator(
    $d0,
    [book, last],
    function* () {
      ran.push('pages')
      for (let page = 1; page <= last; page++) yield { book, page, at: new Date(page) }
      return 'end'
    }.bind(this),
  )
}

class Feed {
  name = 'news'
  async *lines(count) {
    return yield* $deche.runAsyncGenerator(
      $d1,
      [count, this.name],
      async function* () {
        ran.push('lines')
        for (let line = 1; line <= count; line++) yield `${this.name} ${line}`
        return this.name
      }.bind(this),
    )
  }
}

function upTo(n) {
  return $deche.run(
    $d2,
    $deche.values($d2, () => [n, limit]),
    () => {
      ran.push('upTo')
      return n
    },
  )
}

const [task] = process.argv.slice(2)
const answers = {
  async drain() {
    const generator = pages('tea')
    const items = [...pages('tea')]
    const lines = []
    for await (const line of new Feed().lines(2)) lines.push(line)
    return {
      items,
      lines,
      returned: [generator.next(), generator.next(), generator.next()].at(-1),
      stats: cached(pages).stats,
    }
  },
  /** Dies while it records. */
  async die() {
    for (const { page } of pages('tea')) if (page === 2) process.exit(3)
  },
  async manage() {
    const feed = new Feed()
    const entries = cached(feed.lines, feed)
    const key = entries.tokenize(2)
    return {
      pages: [...(await cached(pages).loadCachedData({ kwargs: { book: 'tea' } }))].length,
      key: cached(pages).tokenize('tea') === cached(pages).tokenize('tea', 2),
      hasLines: await entries.hasData({ key }),
      isValid: await entries.isValid(2),
      inputs: await entries.loadCachedInputs({ args: [2] }),
      bare: [...cached(pages).func('tea', 1)].length,
      refreshed: [...(await cached(pages).refresh('tea'))].length,
    }
  },
  async early() {
    let message
    try {
      cached(upTo).tokenize(1)
    } catch (error) {
      message = error.message
    }
    return { answers: [upTo(1), upTo(1)], message }
  },
  /** Nobody finishes these; nothing of them stays. */
  async abandon() {
    const feed = new Feed()
    for (let turn = 0; turn < 20_000; turn++) {
      feed.name = `${turn}`.padEnd(5_000, '.')
      await feed.lines(2).next()
      if (turn % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    ran.length = 0
    await new Promise((resolve) => setTimeout(resolve, 50))
    globalThis.gc()
    return process.memoryUsage().heapUsed < 40_000_000
  },
}
const answer = await answers[task]()
console.log(JSON.stringify({ answer, ran }))
// Here, behind the calls: what they capture does not exist yet.
const limit = 3

// Answers from an entry that has expired, and ends while that is refreshed in the background: in the way it is told to.
import { setTimeout as pause } from 'node:timers/promises'
import { Cache } from './index.js'

const [prefix, kind, how] = process.argv.slice(2)

const WAYS = {
  fill: () => 'old',
  renew: () => 'new',
  exits: () => {
    setImmediate(() => process.exit(0))
    return pause(600_000, 'never')
  },
  'exits within its body': () => process.exit(0),
  'is killed': () => process.kill(process.pid, 'SIGKILL'),
  'comes to its end': () => pause(600_000, 'never', { ref: false }),
  'fails elsewhere': () => {
    setImmediate(() => {
      throw new Error('elsewhere')
    })
    return pause(600_000, 'never')
  },
  read: () => 'none',
}

const cache = new Cache({ prefix, ttl: '0s', stale: '1h', lock: true, ...(how === 'read' && { mode: 'readonly' }) })
const options = { name: 'demo.refreshed', params: [] }
const fn = kind === 'async' ? cache.wrap(async () => WAYS[how](), options) : cache.wrap(() => WAYS[how](), options)
process.stdout.write(String(await fn()))

// Stores elsewhere: what a call asks of them, and what a synchronous function waits for beyond an asynchronous one.
import { stores } from '../bench/stores.mjs'

const READS = 2000
const ROUNDS = 5
const BRIDGE = 50

export async function run() {
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await stores(READS))
  const [{ requests }] = rounds
  const bridges = (name) => rounds.map((each) => each[name]?.bridge).sort((a, b) => a - b)
  const figure = (what, all) => ({
    what: `a synchronous read beyond an asynchronous one, ${what}; the medians of ${ROUNDS} rounds`,
    promised: `≤ ${BRIDGE} µs`,
    value: `${Math.round(all[ROUNDS >> 1])} µs (${Math.round(all[0])} to ${Math.round(all.at(-1))})`,
    holds: all[ROUNDS >> 1] <= BRIDGE,
  })
  const echoes = rounds.map(({ instantMicros }) => instantMicros.echo).sort((a, b) => a - b)
  return [
    {
      what: 'requests of a hit, asynchronous and synchronous',
      promised: '1',
      value: `${requests.hit}, ${requests.syncHit}`,
      holds: requests.hit === 1 && requests.syncHit === 1,
    },
    {
      what: 'requests of a miss before the body runs',
      promised: '≤ 2',
      value: requests.beforeBody,
      holds: requests.beforeBody <= 2,
    },
    figure('of a client that answers at once', bridges('instantMicros')),
    ...(rounds[0].redisMicros ? [figure('of Redis', bridges('redisMicros'))] : []),
    {
      what: 'to wake another thread and be woken by it, which is part of that',
      promised: '',
      value: `${Math.round(echoes[ROUNDS >> 1])} µs`,
      holds: true,
    },
  ]
}

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { StoreError } from '../../runtime/errors.js'
import { createMemoryStore } from '../../runtime/store/memory.js'
import type { AsyncStore, Store, Stored } from '../../runtime/store/store.js'
import { isTiered, type TieredAsync, type TieredSync } from '../../runtime/store/tiered.js'
import { createTieredStore } from '../../runtime/store/tiers.js'

/** Laws of tiers, for any sequence of operations, any failures and any order of what runs at once. */

const PATH = 'dir/name'
const OPERATIONS = ['read', 'write', 'stat', 'remove'] as const

type Operation = (typeof OPERATIONS)[number]

/** A store that fails when it is told to. */
function failing(): { readonly store: Store; readonly inner: Store; broken: Set<Operation> } {
  const inner = createMemoryStore()
  const tier = { inner, broken: new Set<Operation>() }
  const sync = { ...inner.sync }
  for (const name of OPERATIONS) {
    const operation = inner.sync[name] as (...given: unknown[]) => unknown
    Object.assign(sync, {
      [name](...given: unknown[]) {
        if (tier.broken.has(name)) throw new StoreError('a tier', 'unavailable', 'it was told to')
        return operation(...given)
      },
    })
  }
  return Object.assign(tier, { store: { ...inner, sync } })
}

function openSync(stores: readonly Store[]): TieredSync {
  const { sync } = createTieredStore(stores.map((store) => ({ store, readonly: false })))
  if (!isTiered(sync)) throw new Error('it is one store')
  return sync as TieredSync
}

type Step =
  | { readonly do: 'write' | 'read' | 'read for later' | 'remove' | 'write if absent'; readonly by: number }
  | { readonly do: 'copy later' }
  | { readonly do: 'evict'; readonly tier: number }
  | { readonly do: 'break' | 'mend'; readonly tier: number; readonly operation: Operation }

const tier = fc.nat({ max: 2 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('write', 'read', 'read', 'read for later', 'remove', 'write if absent'),
      by: fc.nat({ max: 1 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'copy later' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const), tier: fc.nat({ max: 1 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('break', 'mend', 'mend'),
      tier,
      operation: fc.constantFrom(...OPERATIONS),
    }),
  },
)

it('a read is what was written last; or earlier, if a tier failed since; and never what was removed with success', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const tiers = [failing(), failing(), failing()]
      // Two processes that share all tiers.
      const processes = [0, 1].map(() => openSync(tiers.map(({ store }) => store)))
      const later: { readonly by: TieredSync; readonly stored: Stored }[] = []
      let last: number | undefined
      let allowed = new Set<number>()
      let mayBeMissing = true
      let count = 0

      const isWhole = () => tiers.every(({ broken }) => broken.size === 0)
      for (const next of steps) {
        const by = processes['by' in next ? next.by : 0] as TieredSync
        try {
          switch (next.do) {
            case 'break':
              tiers[next.tier]?.broken.add(next.operation)
              break
            case 'mend':
              tiers[next.tier]?.broken.delete(next.operation)
              break
            case 'evict':
              tiers[next.tier]?.inner.sync.remove(PATH)
              if (tiers.every(({ inner }) => inner.sync.stat(PATH) === undefined)) mayBeMissing = true
              break
            case 'copy later':
              for (const { by, stored } of later.splice(0)) by.bringNearer(PATH, stored, { isDated: false })
              break
            case 'write':
            case 'write if absent': {
              const value = ++count % 256
              const ifAbsent = next.do === 'write if absent'
              const wasWhole = isWhole()
              // What fails may have happened.
              const before = new Set(allowed)
              allowed.add(value)
              const stat = by.write(PATH, Uint8Array.of(value), { ifAbsent })
              if (stat === undefined) {
                allowed = before
                if (wasWhole) expect(before.size).toBeGreaterThan(0)
                break
              }
              last = value
              mayBeMissing = !wasWhole
              if (wasWhole) allowed = new Set([value])
              break
            }
            case 'remove':
              mayBeMissing = true
              by.remove(PATH)
              allowed.clear()
              last = undefined
              break
            default: {
              const wasWhole = isWhole()
              const stored = by.read(PATH)
              if (stored === undefined) {
                if (wasWhole) expect(mayBeMissing).toBe(true)
                break
              }
              expect(allowed).toContain(stored.bytes[0])
              if (allowed.size === 1) expect(stored.bytes[0]).toBe(last ?? stored.bytes[0])
              if (next.do === 'read') by.bringNearer(PATH, stored, { isDated: false })
              else later.push({ by, stored })
            }
          }
        } catch (error) {
          if (!(error instanceof StoreError)) throw error
        }
      }
      // Once all is mended, both see the same, and a removal is one.
      for (const { broken } of tiers) broken.clear()
      for (const { by, stored } of later) by.bringNearer(PATH, stored, { isDated: false })
      const [one, other] = processes.map((process) => process.read(PATH)?.bytes[0])
      expect(one).toBe(other)
      if (one !== undefined) expect(allowed).toContain(one)
      expect(processes[0]?.remove(PATH)).toBe(one !== undefined)
      expect(processes[1]?.read(PATH)).toBeUndefined()
    }),
    { numRuns: 3000 },
  )
})

/** A store elsewhere, each of whose answers comes when the scheduler says. */
function scheduled(scheduler: fc.Scheduler): Store {
  const { async, sync } = createMemoryStore()
  const face: AsyncStore = { ...async }
  for (const name of OPERATIONS) {
    const operation = async[name] as (...given: unknown[]) => Promise<unknown>
    Object.assign(face, {
      [name]: async (...given: unknown[]) => {
        await scheduler.schedule(Promise.resolve(), `before ${name}`)
        const answer = await operation(...given)
        await scheduler.schedule(Promise.resolve(), `after ${name}`)
        return answer
      },
    })
  }
  return { protocol: 'test', location: 'test', sync, async: face }
}

const copies = async (by: TieredAsync) => {
  const stored = await by.read(PATH)
  if (stored !== undefined) await by.bringNearer(PATH, stored, { isDated: false })
}

it.each([
  { what: 'a removal', change: (by: TieredAsync) => by.remove(PATH), after: undefined },
  { what: 'a write', change: (by: TieredAsync) => by.write(PATH, Uint8Array.of(2)), after: 2 },
])('whatever the order of their steps, $what is not undone by those who copy meanwhile', async ({ change, after }) => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 1, max: 3 }),
      fc.nat({ max: 15 }),
      async (scheduler, readers, delay) => {
        const stores = [scheduled(scheduler), scheduled(scheduler), scheduled(scheduler)]
        // Processes of one machine, each with its own view of the same tiers.
        const open = () => createTieredStore(stores.map((store) => ({ store, readonly: false }))).async as TieredAsync
        stores[2]?.sync.write(PATH, Uint8Array.of(1))
        // The readers are already on their way.
        const changing = async () => {
          for (let turn = 0; turn < delay; turn++) await scheduler.schedule(Promise.resolve(), 'delay')
          await change(open())
        }
        const all = Promise.all([changing(), ...Array.from({ length: readers }, () => copies(open()))])
        await scheduler.waitFor(all)
        const seen = open().read(PATH)
        await scheduler.waitFor(seen)
        expect((await seen)?.bytes[0]).toBe(after)
      },
    ),
    { numRuns: 1000 },
  )
})

import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { AsyncLock, AsyncStore } from '../store/store.js'
import type { StoreCase } from './conformance.js'

type TryLock = NonNullable<AsyncStore['tryLock']>

/** What a lock does, of stores that have some; others pass. */
export const lockConformance: readonly StoreCase[] = [
  lockCase('a lock is held until it is released, once or twice', async (tryLock) => {
    const first = await taken(tryLock, 'dir/name')
    assert.equal(await tryLock('dir/name'), undefined)
    await first.release()
    const second = await taken(tryLock, 'dir/name')
    await first.release()
    assert.equal(await tryLock('dir/name'), undefined, 'a second release let go of another one’s lock')
    await second.release()
    await (await taken(tryLock, 'dir/name')).release()
  }),
  lockCase('locks of different paths have nothing to do with each other', async (tryLock) => {
    const paths = ['dir/name', 'dir/name.exc', 'dir/nam', 'dir2/name', 'dir/name/below', 'dir/ünï-日本-😀', 'dir/#?&=']
    const locks: AsyncLock[] = []
    for (const path of paths) locks.push(await taken(tryLock, path))
    for (const path of paths) assert.equal(await tryLock(path), undefined, path)
    await locks[0]?.release()
    for (const path of paths.slice(1)) assert.equal(await tryLock(path), undefined, path)
    for (const lock of locks) await lock.release()
  }),
  lockCase('a lock is no entry: it is not read, listed or removed as one', async (tryLock, face) => {
    const lock = await taken(tryLock, 'dir/name')
    assert.equal(await face.read('dir/name'), undefined)
    assert.equal(await face.stat('dir/name'), undefined)
    assert.equal(await face.remove('dir/name'), false)
    for await (const name of face.list('dir')) assert.fail(`${name} is listed`)
    for await (const directory of face.directories?.() ?? []) assert.fail(`${directory} is listed`)
    await face.write('dir/name', Uint8Array.of(1))
    assert.equal(await face.remove('dir/name'), true)
    assert.equal(await tryLock('dir/name'), undefined)
    await lock.release()
  }),
  lockCase('of twenty who try at once one has it, and each has it in turn', async (tryLock) => {
    let inside = 0
    let turns = 0
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        let lock = await tryLock('dir/name')
        for (; lock === undefined; lock = await tryLock('dir/name')) await pause(1 + Math.random() * 20)
        assert.equal(++inside, 1)
        await pause(1)
        inside--
        turns++
        await lock.release()
      }),
    )
    assert.equal(turns, 20)
  }),
  lockCase('a path that leaves the store has no lock', async (tryLock) => {
    for (const path of ['', 'name', '../name', 'dir/../name', '/etc/name', 'dir/na\nme', 'dir/.deche-swept'])
      await assert.rejects(async () => tryLock(path), Error, path)
  }),
]

function lockCase(name: string, check: (tryLock: TryLock, face: AsyncStore) => Promise<void>): StoreCase {
  return {
    name,
    async run(face) {
      if (face.tryLock !== undefined) await check((path) => (face.tryLock as TryLock)(path), face)
    },
  }
}

/** Whoever held it a moment ago may still be looked up for a moment. */
async function taken(tryLock: TryLock, path: string): Promise<AsyncLock> {
  for (let count = 0; count < 500; count++) {
    const lock = await tryLock(path)
    if (lock !== undefined) return lock
    await pause(20)
  }
  throw new assert.AssertionError({ message: `the lock of ${path} cannot be had` })
}

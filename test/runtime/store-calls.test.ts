import * as nodeFs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Cache, cached } from '../../runtime/index.js'
import { createFileStore } from '../../runtime/store/file.js'
import type { FileSystem } from '../../runtime/store/file-system.js'

/** What a call asks of the file system, as a list: each of these takes longer than the rest of a hit. */

const root = nodeFs.mkdtempSync(join(tmpdir(), 'deche-calls-'))
let directories = 0
let asked: string[] = []

afterAll(() => nodeFs.rmSync(root, { recursive: true }))

const counting = new Proxy(nodeFs, {
  get(fs, name) {
    const found: unknown = Reflect.get(fs, name)
    if (typeof found !== 'function') return found
    return (...args: unknown[]) => {
      asked.push(String(name).replace(/Sync$/, ''))
      return found.apply(fs, args)
    }
  },
}) as unknown as FileSystem

/** Two functions of one cache on disk, for as many processes as `open` is called for. */
function project(memory?: 'off') {
  const directory = join(root, String(directories++))
  const answer = (n: number) => ({ n, text: 'x'.repeat(100) })
  const options = memory && { memory }
  return function open() {
    const cache = new Cache({ store: createFileStore({ directory, fs: counting }) })
    return {
      sync: cache.wrap(answer, { name: 'demo.sync', ...options }),
      async: cache.wrap(async (n: number) => answer(n), { name: 'demo.async', ...options }),
    }
  }
}

/** Of a hit without the setting of times: whether a read sets one by itself is the mount's affair. */
async function asks(call: () => unknown, without = ['futimes']): Promise<string[]> {
  asked = []
  await call()
  return asked.filter((name) => !without.includes(name))
}

describe.each(['sync', 'async'] as const)('of a function that is %s', (face) => {
  it('a hit without memory opens, reads and closes one file; the first one notes that it is in use', async () => {
    const { [face]: call } = project('off')()
    for (const n of [1, 2, 1]) await call(n)
    expect(await asks(() => call(2))).toEqual(['open', 'read', 'fstat', 'close'])
    expect(await asks(() => call(2))).toEqual(['open', 'read', 'close'])
    expect(await asks(() => call(1))).toEqual(['open', 'read', 'close'])
  })

  it('a miss without memory looks for two files, and writes two; the second one is dated, for who remembers it', async () => {
    const { [face]: call } = project('off')()
    for (const n of [1, 2]) await call(n)
    const files = ['open', 'write', 'close', 'rename', 'open', 'write', 'futimes', 'close', 'rename']
    expect(await asks(() => call(3), [])).toEqual(['stat', 'exists', ...files, 'exists'])
  })

  it('a miss whose answer memory is to have looks up its facts', async () => {
    const { [face]: call } = project()()
    for (const n of [1, 2]) await call(n)
    const files = ['open', 'write', 'close', 'rename', 'open', 'write', 'futimes', 'fstat', 'close', 'rename']
    expect(await asks(() => call(3), [])).toEqual(['stat', 'exists', ...files, 'exists'])
  })

  it('what was written since is noted anew', async () => {
    const { [face]: call } = project('off')()
    for (const n of [1, 1, 1]) await call(n)
    await cached(call).refresh(1)
    expect(await asks(() => call(1))).toEqual(['open', 'read', 'fstat', 'close'])
  })

  it('what memory is to have is looked up with its facts, once', async () => {
    const open = project()
    const { [face]: call } = open()
    for (const n of [1, 2]) await call(n)
    const { [face]: other } = open()
    await other(1)
    expect(await asks(() => other(2))).toEqual(['open', 'read', 'fstat', 'close'])
    expect(await asks(() => other(2))).toEqual([])
  })
})

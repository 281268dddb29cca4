import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cache } from '../../../runtime/index.js'
import type { Store } from '../../../runtime/store/store.js'
import { ask, askAll, emptyLog, firstNote, killTheFirst, LockPrograms, notes } from '../../helpers/lock-programs.js'
import { needing, newBucket, s3Options, servers } from '../../helpers/servers.js'

/** `lock` across processes that share a store elsewhere. */

const kinds = {
  S3: { server: servers.s3, protocol: 's3', storageOptions: s3Options, prefix: newBucket },
  Redis: {
    server: servers.redis,
    protocol: 'redis',
    storageOptions: { url: servers.redis },
    prefix: async () => `test-${randomBytes(6).toString('hex')}`,
  },
}

const FACES = [
  { how: 'async', blocking: 'blocking' },
  { how: 'sync', blocking: 'sync' },
] as const

for (const [kind, { server, protocol, storageOptions, prefix: newPrefix }] of Object.entries(kinds)) {
  describe.skipIf(!server)(`under lock on ${kind}${needing(server, `server of ${kind}`)}`, () => {
    let programs: LockPrograms
    beforeAll(() => {
      programs = new LockPrograms()
    })
    afterAll(() => {
      programs.kill()
      programs.programs.remove()
    })

    /** Processes that share a store. Each has functions of both faces: loading a client takes longest. */
    async function start(count: number, lease: string) {
      const prefix = await newPrefix()
      const log = emptyLog()
      const options = { protocol, storageOptions: { ...storageOptions, lease, timeout: '60s' } }
      return { processes: await programs.start(count, { prefix, log, options }), log, options: { ...options, prefix } }
    }

    it('a function runs in one of four processes that call it at once, and goes on in another when that is killed', async () => {
      const { processes, log, options } = await start(4, '20m')
      for (const { how } of FACES) {
        const keys = ['a', 'b', 'c'].map((key) => `${how}-${key}`)
        for (const key of keys) expect(new Set(await askAll(processes, { how, key, ms: 30 })).size).toBe(1)
        expect(notes(log, new RegExp(`^${how}-`)).map(({ what, key }) => `${what} ${key}`)).toEqual(
          keys.flatMap((key) => [`start ${key}`, `end ${key}`]),
        )
      }
      expect((await directories(new Cache(options).store)).sort()).toEqual(['demo.async', 'demo.sync'])

      // Long before its lease is over.
      for (const { how } of FACES) {
        const { killed, came, notes } = await killTheFirst(processes, { how, key: `${how}-k`, ms: 700 }, log)
        processes.splice(
          processes.findIndex(({ pid }) => pid === killed),
          1,
        )
        expect(notes.map(({ what }) => what)).toEqual(['start', 'start', 'end'])
        const [, second, third] = notes
        expect(second?.pid).not.toBe(killed)
        expect(new Set([...came, second?.pid, third?.pid]).size).toBe(1)
      }
    })

    it('a function keeps its lock while it blocks its event loop for many leases', async () => {
      const { processes, log } = await start(2, '1s')
      const [holder, waiting] = processes as [ChildProcess, ChildProcess]
      for (const { blocking: how } of FACES) {
        const call = { how, key: `${how}-k`, ms: 4000 }
        const first = ask(holder, call)
        await firstNote(log, call.key)
        expect(await Promise.all([first, ask(waiting, call)])).toEqual([holder.pid, holder.pid])
        expect(notes(log, new RegExp(call.key)).map(({ what }) => what)).toEqual(['start', 'end'])
      }
    })
  })
}

async function directories({ async }: Store): Promise<string[]> {
  const all = new Set<string>()
  for await (const directory of async.directories?.() ?? []) all.add(directory)
  return [...all]
}

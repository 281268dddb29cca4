import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Cache } from '../../../runtime/index.js'
import type { Store } from '../../../runtime/store/store.js'
import { callAll, emptyLog, LockPrograms, noted, notes } from '../../helpers/lock-programs.js'
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

for (const [kind, { server, protocol, storageOptions, prefix: newPrefix }] of Object.entries(kinds)) {
  describe.skipIf(!server)(`under lock on ${kind}${needing(server, `server of ${kind}`)}`, () => {
    let programs: LockPrograms
    beforeAll(() => {
      programs = new LockPrograms()
    })
    afterEach(() => programs.kill())
    afterAll(() => programs.programs.remove())

    async function setting(lease: string) {
      const prefix = await newPrefix()
      const options = { protocol, storageOptions: { ...storageOptions, lease, timeout: '60s' } }
      return { program: { prefix, log: emptyLog(), options }, store: new Cache({ ...options, prefix }).store }
    }

    describe.each([
      { how: 'asynchronous', sync: false },
      { how: 'synchronous', sync: true },
    ])('an $how function', ({ sync }) => {
      it('runs in one of four processes that call it at once', async () => {
        const { program, store } = await setting('60s')
        const processes = await programs.start(4, { ...program, sync, ms: 30 })
        for (const key of ['a', 'b', 'c']) expect(new Set(await callAll(processes, key)).size).toBe(1)
        expect(notes(program.log).map(({ what, key }) => `${what} ${key}`)).toEqual(
          ['a', 'b', 'c'].flatMap((key) => [`start ${key}`, `end ${key}`]),
        )
        expect(await directories(store)).toEqual(['demo.slow'])
      })

      it('is taken over from a process that is killed, long before its lease is over', async () => {
        const { program } = await setting('20m')
        const processes = await programs.start(3, { ...program, sync, ms: 700 })
        const answers = processes.map((child) => {
          const answer = once(child, 'message')
          child.send('k')
          return answer
        })
        const [first] = await noted(program.log, 1)
        process.kill(Number(first?.pid), 'SIGKILL')
        const others = answers.filter((_, index) => processes[index]?.pid !== first?.pid)
        const came = (await Promise.all(others)).map(([answer]) => answer.came)
        const [, second, third] = notes(program.log)
        expect(notes(program.log).map(({ what }) => what)).toEqual(['start', 'start', 'end'])
        expect(second?.pid).not.toBe(first?.pid)
        expect(new Set([...came, second?.pid, third?.pid]).size).toBe(1)
      })

      it('keeps its lock while it blocks its event loop for many leases', async () => {
        const { program } = await setting('1s')
        const processes = await programs.start(2, { ...program, sync, blocks: true, ms: 4000 })
        const [holder, waiting] = processes
        const first = once(holder as object as NodeJS.EventEmitter, 'message')
        holder?.send('k')
        await noted(program.log, 1)
        const second = once(waiting as object as NodeJS.EventEmitter, 'message')
        waiting?.send('k')
        const came = await Promise.all([first, second])
        expect(came.map(([answer]) => answer.came)).toEqual([holder?.pid, holder?.pid])
        expect(notes(program.log).map(({ what }) => what)).toEqual(['start', 'end'])
      })
    })
  })
}

async function directories({ async }: Store): Promise<string[]> {
  const all = new Set<string>()
  for await (const directory of async.directories?.() ?? []) all.add(directory)
  return [...all]
}

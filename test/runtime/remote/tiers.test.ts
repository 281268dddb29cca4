import { beforeAll, describe, expect, it } from 'vitest'
import { Cache, type CacheOptions, cached, type TierOptions } from '../../../runtime/index.js'
import { storeConformance, storeFaces } from '../../../runtime/testing/conformance.js'
import { FEW } from '../../helpers/few.js'
import { needing, newBucket, s3Options, servers } from '../../helpers/servers.js'
import { temporaryDirectory } from '../../helpers/temporary.js'

let bucket: string
beforeAll(async () => {
  if (servers.s3) bucket = await newBucket()
})

let prefixes = 0
const files = (): TierOptions => ({ prefix: temporaryDirectory() })
const redis = (): TierOptions => ({
  protocol: 'redis',
  prefix: `tiers-${process.pid}-${prefixes++}`,
  storageOptions: { url: servers.redis },
})
const s3 = (): TierOptions => ({ protocol: 's3', prefix: `${bucket}/d${prefixes++}`, storageOptions: s3Options })

const kinds = {
  'files and Redis': { server: servers.redis, open: () => [files(), redis()] },
  'files and S3': { server: servers.s3, open: () => [files(), s3()] },
  'Redis and S3': { server: servers.redis && servers.s3, open: () => [redis(), s3()] },
}

for (const [kind, { server, open }] of Object.entries(kinds)) {
  describe.skipIf(!server)(`${kind}${needing(server, 'server')}`, () => {
    for (const [face, of] of Object.entries(storeFaces)) {
      describe(face, () => {
        for (const { name, run } of storeConformance) it(name, () => run(of(new Cache({ tiers: open() }).store), FEW))
      })
    }

    it('what another machine has stored answers, is copied with its end, and both are listed', async () => {
      const [near = {}, far = {}] = open()
      const options = { name: 'demo.shared', params: ['n'], ttl: '1d' }
      const started = (given: CacheOptions) => {
        let runs = 0
        return new Cache({ memory: 'off', ...given }).wrap(async (n: number) => [n, ++runs, runs], options)
      }
      const other = started({ tiers: [far] })
      await other(1)
      const here = started({ tiers: [near, far] })
      await started({ tiers: [near, far] })(2)
      expect(await here(1)).toEqual([1, 1, 1])
      expect(await cached(here).listCachedData()).toHaveLength(2)
      expect(await cached(started({ tiers: [near] })).listCachedData()).toHaveLength(2)
      await cached(here).removeAll()
      expect(await cached(other).listCachedData()).toEqual([])
      expect(await cached(here).listCachedDataSync()).toEqual([])
    })
  })
}

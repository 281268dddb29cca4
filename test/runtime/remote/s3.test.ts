import { beforeAll, describe, it } from 'vitest'
import { Cache } from '../../../runtime/index.js'
import { storeConformance, storeFaces } from '../../../runtime/testing/conformance.js'
import { FEW } from '../../helpers/few.js'
import { needing, newBucket, s3Options, servers } from '../../helpers/servers.js'

describe.skipIf(!servers.s3)(`the s3 store${needing(servers.s3, 'S3 server')}`, () => {
  let bucket: string
  let directories = 0
  beforeAll(async () => {
    bucket = await newBucket()
  })
  const open = () =>
    new Cache({ protocol: 's3', prefix: `${bucket}/d${directories++}/cache`, storageOptions: s3Options }).store

  for (const [face, of] of Object.entries(storeFaces)) {
    describe(face, () => {
      // The pages are the same ones, and how long listings come to synchronous callers is seen with Redis.
      const options = face === 'sync' ? FEW : {}
      for (const { name: behaviour, run } of storeConformance) it(behaviour, () => run(of(open()), options))
    })
  }
})

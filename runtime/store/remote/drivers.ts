import type { Driver, DriverSpec } from './driver.js'
import { openOpenDal } from './opendal.js'
import { openRedis } from './redis.js'
import { openS3 } from './s3.js'

/** Loads the client of a protocol; nothing is asked of the service yet. */
export async function openDriver(spec: DriverSpec): Promise<Driver> {
  switch (spec.protocol) {
    case 's3':
      return openS3(spec)
    case 'redis':
      return openRedis(spec)
    default:
      return openOpenDal(spec)
  }
}

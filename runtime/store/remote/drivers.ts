import type { Driver, DriverSpec } from './driver.js'
import { openRedis } from './redis.js'
import { openS3 } from './s3.js'

/** Loads the client of a protocol; nothing is asked of the service yet. */
export async function openDriver(spec: DriverSpec): Promise<Driver> {
  return spec.protocol === 'redis' ? openRedis(spec) : openS3(spec)
}

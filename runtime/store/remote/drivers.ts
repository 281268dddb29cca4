import type { Driver, DriverSpec } from './driver.js'
import { openS3 } from './s3.js'

/** Loads the client of a protocol; nothing is asked of the service yet. */
export async function openDriver(spec: DriverSpec): Promise<Driver> {
  return openS3(spec)
}

import type * as Sdk from '@aws-sdk/client-s3'
import type { StoreFailure } from '../../errors.js'
import { LOCKS } from '../paths.js'
import type { Listed, Stat } from '../store.js'
import { requireClient } from './client.js'
import type { Driver, DriverSpec } from './driver.js'
import { networkFailure, statusFailure, storeError, textOf } from './failure.js'
import { s3Locks } from './s3-locks.js'

/** From what age a lock that nobody renewed was left behind, milliseconds. */
const HOUR = 3_600_000

/**
 * S3 and what speaks its language. A path is the key `<directory>/<name>` behind the prefix's own directory; a
 * revision is the object's ETag, so two writes of the same bytes have one.
 */
export function openS3({ client: file, location, prefix, options }: DriverSpec): Driver {
  const sdk = requireClient<typeof Sdk>(file)
  const client = new sdk.S3Client({ ...defaultsFor(options), ...options })
  dateAnswers(client)
  const slash = prefix.indexOf('/')
  const Bucket = slash === -1 ? prefix : prefix.slice(0, slash)
  const root = slash === -1 ? '' : `${prefix.slice(slash + 1)}/`
  const at = (path: string) => ({ Bucket, Key: `${root}${path}` })
  let hasConditions = true

  /** Awaits an answer; whatever goes wrong becomes a StoreError, but for what `expected` makes an answer of. */
  async function answer<T>(asking: Promise<T>, expected: (error: unknown) => boolean = () => false) {
    try {
      return await asking
    } catch (error) {
      if (expected(error)) return undefined
      throw storeError(location, failureOf(error), error, describe(error))
    }
  }

  async function read(path: string, abortSignal: AbortSignal) {
    const got = await answer(client.send(new sdk.GetObjectCommand(at(path)), { abortSignal }), isMissing)
    if (got?.Body === undefined) return undefined
    const bytes = await answer(got.Body.transformToByteArray())
    if (bytes === undefined || bytes.length !== got.ContentLength)
      throw storeError(location, 'unreachable', undefined, 'the connection ended in the middle of an object')
    return { ...factsOf(got.ETag, bytes.length, got.LastModified), bytes: new Uint8Array(bytes) }
  }

  async function stat(path: string, abortSignal: AbortSignal): Promise<Stat | undefined> {
    const head = await answer(client.send(new sdk.HeadObjectCommand(at(path)), { abortSignal }), isMissing)
    return head && factsOf(head.ETag, head.ContentLength, head.LastModified)
  }

  async function put(path: string, bytes: Uint8Array | string, ifAbsent: boolean, abortSignal: AbortSignal) {
    const command = new sdk.PutObjectCommand({
      ...at(path),
      Body: bytes,
      ContentType: 'application/octet-stream',
      ...(ifAbsent && { IfNoneMatch: '*' }),
    })
    const taken = (error: unknown) => ifAbsent && isTaken(error)
    const done = await answer(client.send(command, { abortSignal }), taken)
    return done && factsOf(done.ETag, bytes.length, dateOf(done.$metadata))
  }

  async function removeAny(path: string, abortSignal: AbortSignal): Promise<void> {
    await answer(client.send(new sdk.DeleteObjectCommand(at(path)), { abortSignal }))
  }

  /** A part of the objects below a directory, `''` or one that ends with a slash; without those in directories of it. */
  async function page(below: string, from: string | undefined, abortSignal: AbortSignal, isDeep = false) {
    const Prefix = `${root}${below}`
    const command = new sdk.ListObjectsV2Command({
      Bucket,
      Prefix,
      ...(!isDeep && { Delimiter: '/' }),
      ...(from !== undefined && { ContinuationToken: from }),
    })
    const listed = await answer(client.send(command, { abortSignal }))
    const found = (listed?.Contents ?? []).map(({ Key = '', ETag, Size, LastModified }) => {
      return { ...factsOf(ETag, Size, LastModified), name: Key.slice(Prefix.length) }
    })
    const next = listed?.IsTruncated ? listed.NextContinuationToken : undefined
    return { found, next, date: Date.parse(textOf(listed?.$metadata, 'date')) }
  }

  return {
    read,
    stat,
    async write(path, bytes, { ifAbsent = false }, signal) {
      if (!ifAbsent || hasConditions) {
        try {
          return await put(path, bytes, ifAbsent, signal)
        } catch (error) {
          if (!ifAbsent || statusOf(Reflect.get(Object(error), 'cause')) !== 501) throw error
          hasConditions = false
        }
      }
      // A service that cannot write conditionally: of two who write at once, the later one wins.
      return (await stat(path, signal)) === undefined ? put(path, bytes, false, signal) : undefined
    },
    async remove(path, signal) {
      // A deletion does not say whether there was something; and often there is nothing.
      if ((await stat(path, signal)) === undefined) return false
      await removeAny(path, signal)
      return true
    },
    async names(directory, from, signal) {
      const { found, next } = await page(`${directory}/`, from, signal)
      // A key that ends with a slash is what other tools call a folder.
      return { items: found.map(({ name }) => name).filter((name) => name !== ''), next }
    },
    async facts(directory, from, signal) {
      const { found, next } = await page(`${directory}/`, from, signal)
      return { items: found.filter(({ name }) => name !== ''), next }
    },
    async directories(from, signal) {
      const { found, next } = await page('', from, signal, true)
      const above = found.map(({ name }) => name.slice(0, Math.max(0, name.lastIndexOf('/'))))
      const items = above.filter((directory) => directory !== '' && !directory.startsWith(`${LOCKS}/`))
      return { items, next, repeats: true }
    },
    locks: s3Locks(
      location,
      {
        async put(path, text, signal) {
          await put(path, text, false, signal)
        },
        remove: removeAny,
        async list(below, signal) {
          const all: Pick<Listed, 'name' | 'revision'>[] = []
          let from: string | undefined
          do {
            const { found, next } = await page(below, from, signal)
            all.push(...found.map(({ name, revision, modified }) => ({ name, revision: `${revision} ${modified}` })))
            from = next
          } while (from !== undefined)
          return all
        },
      },
      (path) => `${LOCKS}/${path}`,
    ),
    /** By the service's clock alone. */
    async sweep(from, signal) {
      const { found, next, date } = await page(`${LOCKS}/`, from, signal, true)
      const left = found.filter(({ modified }) => date - modified > HOUR)
      await Promise.all(left.map(({ name }) => removeAny(`${LOCKS}/${name}`, signal)))
      return { items: left.map(({ name }) => name), next }
    },
  }
}

/**
 * Entries have checksums of their own, which services other than Amazon's may not know. Such a service has no
 * region, and the client insists on one.
 */
function defaultsFor({ endpoint }: DriverSpec['options']): Sdk.S3ClientConfig {
  const needsRegion = endpoint !== undefined && !process.env.AWS_REGION
  return {
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(needsRegion && { region: 'us-east-1' }),
  }
}

/** Notes the service's time with each answer: that to a PUT does not say when the object was modified. */
function dateAnswers(client: Sdk.S3Client): void {
  client.middlewareStack.add(
    (next) => async (given) => {
      const result = await next(given)
      const headers: unknown = Reflect.get(Object(result.response), 'headers')
      const date = textOf(headers, 'date')
      if (date !== '') Object.assign(result.output.$metadata, { date })
      return result
    },
    { step: 'initialize', name: 'decheDate' },
  )
}

function dateOf(metadata: unknown): Date {
  const date = new Date(textOf(metadata, 'date'))
  return Number.isNaN(date.getTime()) ? new Date() : date
}

function factsOf(tag: string | undefined, size: number | undefined, modified: Date | undefined): Stat {
  return { size: size ?? 0, modified: modified?.getTime() ?? 0, revision: tag ?? '' }
}

function isMissing(error: unknown): boolean {
  const name = textOf(error, 'name')
  return name === 'NoSuchKey' || name === 'NotFound' || (statusOf(error) === 404 && name !== 'NoSuchBucket')
}

/** Somebody else has written it (412), or is just writing it (409). */
function isTaken(error: unknown): boolean {
  return statusOf(error) === 412 || statusOf(error) === 409
}

function statusOf(error: unknown): unknown {
  return Reflect.get(Object(Reflect.get(Object(error), '$metadata')), 'httpStatusCode')
}

function failureOf(error: unknown): StoreFailure {
  const name = textOf(error, 'name')
  if (
    name === 'NoSuchBucket' ||
    name === 'CredentialsProviderError' ||
    /^Region is missing/.test(textOf(error, 'message'))
  )
    return 'refused'
  // The client calls a connection that was reset a TimeoutError too.
  return statusFailure(statusOf(error)) ?? networkFailure(error) ?? (name === 'TimeoutError' ? 'timeout' : 'failed')
}

/** `503 SlowDown Please reduce your request rate.`, or what the network said. */
function describe(error: unknown): string {
  const status = statusOf(error)
  const message = textOf(error, 'message')
  if (status === undefined) return message
  return [status, textOf(error, 'name'), message].filter((word) => word !== '').join(' ')
}

import { existsSync, writeFileSync } from 'node:fs'
import type { Face } from '../call/look-up.js'
import { runSteps, runStepsAsync, type Steps, take } from '../call/steps.js'
import { createFileStore } from '../store/file.js'
import type { Stat, Store, Stored, WriteOptions } from '../store/store.js'
import { codeOf, decodeEntry, encodeEntry, entryNames, kindOf } from '../value/entry.js'
import { relativeFrames, withoutFrames } from './frames.js'

/**
 * Files that are fit for version control: what has not changed is not written again, and nothing is written but
 * entries. `used` gets the `<id>/<key>` of each call that is read or written. With `anew` the files of before are not
 * there, until this process has written them.
 */
export function createRecordingStore(directory: string, used: Set<string>, anew: boolean): Store {
  const files = createFileStore({ directory })
  const made = new Set<string>()
  const isHidden = (path: string) => anew && !made.has(path)

  function* read(face: Face, path: string): Steps<Stored | undefined> {
    if (isHidden(path)) return undefined
    const stored = yield* take(face.read(path))
    if (stored !== undefined) note(path)
    return stored
  }

  function* write(face: Face, path: string, bytes: Uint8Array, options?: WriteOptions): Steps<Stat | undefined> {
    // What is in the code's hash says nothing about the answer.
    if (codeOf(nameOf(path)) !== undefined) return undefined
    const before = yield* take(face.read(path))
    yield* removeOther(face, path)
    made.add(path)
    note(path)
    if (before !== undefined && isSame(path, before.bytes, bytes)) return before
    const stat = yield* take(face.write(path, portable(path, bytes), options))
    prepare(directory)
    return stat
  }

  /** A result of before, which would go before the exception that took its place. */
  function* removeOther(face: Face, path: string): Steps<void> {
    const entry = kindOf(path)
    if (entry?.kind !== 'exception') return
    const data = `${path.slice(0, -nameOf(path).length)}${entryNames(entry.key).data}`
    if (isHidden(data)) yield* take(face.remove(data))
  }

  function note(path: string): void {
    const entry = kindOf(path)
    if (entry !== undefined) used.add(`${path.slice(0, path.lastIndexOf('/'))}/${entry.key}`)
  }

  const { sync, async } = files
  return {
    ...files,
    sync: {
      ...sync,
      read: (path) => runSteps(read(sync, path)),
      write: (path, bytes, options) => runSteps(write(sync, path, bytes, options)),
      stat: (path) => (isHidden(path) ? undefined : sync.stat(path)),
    },
    async: {
      ...async,
      read: (path) => runStepsAsync(read(async, path)),
      write: (path, bytes, options) => runStepsAsync(write(async, path, bytes, options)),
      stat: async (path) => (isHidden(path) ? undefined : async.stat(path)),
    },
  }
}

/** Whether a new entry says what the old one says, but for when it was made, how long it took and where it was thrown. */
function isSame(path: string, before: Uint8Array, after: Uint8Array): boolean {
  const name = kindOf(path)
  if (name === undefined || name.kind === 'history') return false
  const [old, now] = [before, after].map((bytes) => decodeEntry(bytes, { key: name.key, kind: name.kind }))
  // Neither is one of ours: a raw codec's.
  if (old === undefined && now === undefined) return Buffer.compare(before, after) === 0
  if (typeof old !== 'object' || typeof now !== 'object') return false
  const same = (['id', 'codec', 'promise', 'code'] as const).every((field) => old.header[field] === now.header[field])
  if (!same) return false
  return name.kind === 'exception' ? thrown(old.body) === thrown(now.body) : Buffer.compare(old.body, now.body) === 0
}

function thrown(body: Uint8Array): string {
  return withoutFrames(new TextDecoder().decode(body))
}

/** An exception's stack with paths that say nothing about the machine. Other entries as they are. */
function portable(path: string, bytes: Uint8Array): Uint8Array {
  const name = kindOf(path)
  const entry = name?.kind === 'exception' ? decodeEntry(bytes, { key: name.key, kind: 'exception' }) : undefined
  if (name === undefined || typeof entry !== 'object') return bytes
  const text = relativeFrames(new TextDecoder().decode(entry.body), process.cwd())
  return encodeEntry(entry.header, name.key, text)
}

/** For Git: a changed line end would break every checksum, and the store's own marks are nobody else's business. */
const GIT_FILES = { '.gitattributes': '* -text linguist-generated\n', '.gitignore': '.deche-*\n' }

function prepare(directory: string): void {
  for (const [name, text] of Object.entries(GIT_FILES)) {
    if (!existsSync(`${directory}/${name}`)) writeFileSync(`${directory}/${name}`, text)
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

// Disks that fail, by real causes: full, read-only, closed, gone. Each function must answer as without a cache, warn once, and
// leave nothing torn. Some causes take root; without it their rows say so.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mountDisk, remountDisk, unmountDisk } from '../test/helpers/small-disk.mjs'
import { pause } from './children.mjs'
import { functionsOf } from './functions.mjs'
import { lastLook } from './last-look.mjs'

/** Calls of each of four functions: small and large results, asynchronous ones, exceptions. */
const KEYS = 100
const STORED = 40
const NOBODY = 65_534
const isRoot = process.getuid() === 0

export async function run(directory) {
  // Another user has to get there.
  chmodSync(directory, 0o755)
  const figures = []
  for (const [name, cause] of Object.entries(CAUSES)) {
    const place = join(directory, String(figures.length))
    mkdirSync(place)
    figures.push(await figure(name, cause, place))
  }
  return figures
}

/**
 * `disk`: the size of a disk of its own. `stored`: so many calls of each function were stored before. `prepare`: what happens then,
 * `halfway` in the middle of the calls, `meanwhile` again and again, `restore` before all is looked at. `limit`: a shell's.
 * `fails`: what is warned of, once each.
 */
const CAUSES = {
  'ENOSPC: a disk of 1 MiB is full': { disk: '1m', fails: ['written'] },
  'EROFS: a disk that is read-only': {
    disk: '64m',
    stored: STORED,
    prepare: (prefix) => remountDisk(dirname(prefix), 'ro'),
    fails: ['written'],
  },
  'EROFS: a disk that becomes read-only meanwhile': { disk: '64m', halfway: 'read-only', fails: ['written'] },
  'EACCES: a directory that may be read only': {
    stored: STORED,
    prepare: (prefix) => chmodAll(prefix, 0o555),
    restore: (prefix) => chmodAll(prefix, 0o700),
    fails: ['written'],
    ...(isRoot && { uid: NOBODY }),
  },
  'EACCES: a directory that may not even be read': {
    stored: STORED,
    prepare: (prefix) => chmodSync(prefix, 0),
    restore: (prefix) => chmodSync(prefix, 0o700),
    fails: ['read'],
    ...(isRoot && { uid: NOBODY }),
  },
  'EFBIG: files of more than 64 KiB are forbidden': { limit: 'ulimit -f 128', fails: ['written'] },
  'EMFILE: no descriptors any more': {
    stored: KEYS,
    limit: 'ulimit -n 64',
    halfway: 'no descriptors',
    fails: ['read'],
  },
  'ENOTDIR: a file where the directory was': { halfway: 'a file', fails: ['written'] },
  'ENOTDIR: a file where a function has its directory': {
    prepare: (prefix) => {
      mkdirSync(prefix, { mode: 0o700 })
      for (const name of ['small', 'large', 'later', 'thrown']) writeFileSync(join(prefix, `reliability.${name}`), '')
    },
    fails: ['written'],
  },
  'the directory is removed': { stored: STORED, halfway: 'removed', fails: [] },
  'the directory is removed again and again': {
    // Whoever writes meanwhile may keep it from coming to its end.
    meanwhile: (prefix) => spawnSync('rm', ['-rf', prefix]),
    fails: [],
  },
}

async function figure(name, cause, place) {
  const promised = `all right; warnings: ${cause.fails.length}; torn, unfinished: 0`
  const parent = join(place, 'disk')
  const why = cause.disk && mountDisk(parent, cause.disk)
  if (why) return { what: name, promised, value: `not tried: ${why}`, holds: true }
  const prefix = cause.disk ? join(parent, 'cache') : join(place, 'cache')
  try {
    if (cause.stored) await store(prefix, cause.stored)
    cause.prepare?.(prefix)
    const { count, hits, wrong, warnings } = await called(prefix, cause)
    cause.restore?.(prefix)
    const { left, answered, unfinished, wrong: torn } = await lastLook(prefix, KEYS)
    wrong.push(...torn)
    if (wrong.length > 0) console.error(`${name}:`, wrong.slice(0, 3))
    if (warnings.length !== cause.fails.length) console.error(`${name}:`, warnings)
    return {
      what: name,
      promised,
      value: `${count - wrong.length} of ${count} right, ${hits} of them hits; warnings: ${warnings.length}; torn: ${left - answered} of ${left}, unfinished: ${unfinished}`,
      holds:
        wrong.length === 0 &&
        left === answered &&
        unfinished === 0 &&
        warnings.length === cause.fails.length &&
        cause.fails.every((what) => warnings.some((warning) => warning.includes(what))),
    }
  } finally {
    if (cause.disk) unmountDisk(parent)
  }
}

async function store(prefix, keys) {
  for (const call of Object.values(functionsOf({ prefix, memory: 'off' }).calls))
    for (let n = 0; n < keys; n++) await call(n)
}

/** Modes of directories; files can be read by all. */
function chmodAll(prefix, mode) {
  for (const directory of readdirSync(prefix)) {
    for (const file of readdirSync(join(prefix, directory))) chmodSync(join(prefix, directory, file), 0o644)
    chmodSync(join(prefix, directory), mode)
  }
  chmodSync(prefix, mode)
}

/** What disk-caller.mjs says. */
async function called(prefix, { limit = ':', uid, halfway, meanwhile }) {
  const program = fileURLToPath(new URL('disk-caller.mjs', import.meta.url))
  const command = [process.execPath, program, JSON.stringify({ prefix, keys: KEYS, uid, halfway })]
  const child = spawn('sh', ['-c', `${limit} && exec "$@"`, 'sh', ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  const closed = once(child, 'close')
  while (meanwhile !== undefined && child.exitCode === null && child.signalCode === null) {
    meanwhile(prefix)
    await pause(Math.random() * 20)
  }
  const [status] = await closed
  if (status !== 0) throw new Error(`the caller ended with ${status}`)
  return JSON.parse(text)
}

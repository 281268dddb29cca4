// Stands for a client library that misbehaves in its own thread: what it does depends on the last part of the key.
const { readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')

const object = (text) => {
  const bytes = new TextEncoder().encode(text)
  return { ETag: text, ContentLength: bytes.length, Body: { transformToByteArray: async () => bytes } }
}

const BEHAVIOURS = {
  exit: () => process.exit(7),
  uncaught: () => {
    setImmediate(() => {
      throw new Error('let slip')
    })
    return object('after a slip')
  },
  rejection: () => {
    Promise.reject(new Error('let slip'))
    return object('after a rejection')
  },
  uncloneable: () => ({ ...object('x'), ETag: () => {} }),
  blocked: () => {
    for (const until = Date.now() + 60_000; Date.now() < until; );
  },
  late: () => sleep(700, object('late')),
  thrown: () => {
    throw Object.assign(new Error('on purpose'), { name: 'OddError', code: 'E_ODD' })
  },
}

/** Objects in files of the directory that the options name, for locks: all threads and processes see them. */
const inFiles = (directory) => ({
  PutObject: async ({ Key, Body }) => writeFileSync(join(directory, encodeURIComponent(Key)), Body),
  DeleteObject: async ({ Key }) => rmSync(join(directory, encodeURIComponent(Key)), { force: true }),
  ListObjectsV2: async ({ Prefix }) => ({
    Contents: readdirSync(directory)
      .map((name) => ({ Key: decodeURIComponent(name), ETag: readFileSync(join(directory, name), 'utf8') }))
      .filter(({ Key }) => Key.startsWith(Prefix)),
  }),
})

class S3Client {
  middlewareStack = { add() {} }
  constructor({ directory }) {
    this.directory = directory
  }
  async send({ command, Key, ...input }) {
    if (command !== 'GetObject') return (await inFiles(this.directory)[command]({ Key, ...input })) ?? {}
    const word = Key.slice(Key.lastIndexOf('/') + 1)
    return word in BEHAVIOURS ? BEHAVIOURS[word]() : object(word)
  }
}

const commands = ['GetObject', 'PutObject', 'DeleteObject', 'ListObjectsV2'].map((command) => [
  `${command}Command`,
  class {
    constructor(input) {
      Object.assign(this, input, { command })
    }
  },
])

module.exports = { S3Client, ...Object.fromEntries(commands) }

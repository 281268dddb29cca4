// Stands for a client library that misbehaves in its own thread: what it does depends on the last part of the key.
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

class S3Client {
  middlewareStack = { add() {} }
  async send({ Key }) {
    const word = Key.slice(Key.lastIndexOf('/') + 1)
    return word in BEHAVIOURS ? BEHAVIOURS[word]() : object(word)
  }
}

class GetObjectCommand {
  constructor(input) {
    Object.assign(this, input)
  }
}

module.exports = { S3Client, GetObjectCommand }

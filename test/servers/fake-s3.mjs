// An S3 that misbehaves on purpose: the first word of the bucket's name says how. Prints its port. Knows no signatures.
// GET /requests answers what it was asked since the last time, a line each: method, path, status.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const DAY = 86_400_000
const objects = new Map()
let requests = []

/** Each answers true when it has dealt with the request. */
const FAULTS = {
  ok: () => false,
  hang: () => true,
  reset: ({ socket }) => socket.destroy(),
  s500: ({ fail }) => fail(500, 'InternalError'),
  s503: ({ fail }) => fail(503, 'SlowDown'),
  denied: ({ fail }) => fail(403, 'InvalidAccessKeyId'),
  readonly: ({ method, fail }) => (method === 'PUT' || method === 'DELETE') && fail(403, 'AccessDenied'),
  // It does what it is asked to write, once for each key, and hangs up instead of saying so.
  lost: ({ method, path, body, socket }) => {
    if (method !== 'PUT' || objects.has(path)) return false
    write(path, body)
    return socket.destroy()
  },
  // What it lists is two hours old.
  aged: () => false,
  conflict: ({ headers, fail }) => headers['if-none-match'] && fail(409, 'ConditionalRequestConflict'),
  unconditional: ({ headers, fail }) => headers['if-none-match'] && fail(501, 'NotImplemented'),
  truncated: ({ method, response, socket, object }) => {
    if (method !== 'GET' || !object) return false
    response.writeHead(200, { etag: object.etag, 'content-length': object.body.length + 100 })
    response.write(object.body, () => socket.destroy())
    return true
  },
  stalled: ({ method, response, object }) => {
    if (method !== 'GET' || !object) return false
    response.writeHead(200, { etag: object.etag, 'content-length': object.body.length + 100 })
    response.write(object.body)
    return true
  },
  // Its clock is a day ahead.
  skewed: ({ headers, response, fail }) => {
    const now = Date.now() + DAY
    response.setHeader('date', new Date(now).toUTCString())
    const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date']) ?? []
    const [year, month, ...rest] = parts.map(Number)
    return Math.abs(Date.UTC(year, month - 1, ...rest) - now) > 15 * 60_000 && fail(403, 'RequestTimeTooSkewed')
  },
}

const server = createServer(async (request, response) => {
  const { method, headers, socket } = request
  const url = new URL(request.url, 'http://s3')
  if (url.pathname === '/requests') {
    response.end(requests.join('\n'))
    requests = []
    return
  }
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  response.on('close', () => requests.push(`${method} ${decodeURIComponent(url.pathname)} ${response.statusCode}`))
  const fail = (status, code) => {
    response.writeHead(status, { 'content-type': 'application/xml' })
    response.end(method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>on purpose</Message></Error>`)
    return true
  }
  const object = objects.get(url.pathname)
  const fault = FAULTS[url.pathname.split('/')[1].split('-')[0]]
  const body = Buffer.concat(chunks)
  if (fault({ method, path: url.pathname, headers, body, socket, response, object, fail })) return
  if (url.searchParams.has('list-type')) list(url, response)
  else answer(method, url.pathname, headers, body, response, fail)
})

function write(path, body) {
  const etag = `"${createHash('md5').update(body).digest('hex')}"`
  objects.set(path, { body, etag, modified: new Date().toUTCString() })
  return etag
}

/** Without pages and delimiters. */
function list(url, response) {
  const bucket = url.pathname.split('/')[1]
  const start = `/${bucket}/${url.searchParams.get('prefix')}`
  const age = { aged: 7_200_000, skewed: -DAY }[bucket.split('-')[0]] ?? 0
  const contents = [...objects]
    .filter(([path]) => decodeURIComponent(path).startsWith(start))
    .map(([path, { etag, modified, body }]) => {
      const date = new Date(Date.parse(modified) - age).toISOString()
      const key = decodeURIComponent(path).slice(bucket.length + 2)
      return `<Contents><Key>${key}</Key><ETag>${etag}</ETag><Size>${body.length}</Size><LastModified>${date}</LastModified></Contents>`
    })
  response.writeHead(200, { 'content-type': 'application/xml' })
  response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`)
}

function answer(method, path, headers, body, response, fail) {
  const object = objects.get(path)
  if (method === 'PUT') {
    if (headers['if-none-match'] && object) return fail(412, 'PreconditionFailed')
    response.writeHead(200, { etag: write(path, body) })
    return response.end()
  }
  if (method === 'DELETE') {
    objects.delete(path)
    response.writeHead(204)
    return response.end()
  }
  if (!object) return fail(404, 'NoSuchKey')
  response.writeHead(200, {
    etag: object.etag,
    'last-modified': object.modified,
    'content-length': object.body.length,
  })
  return response.end(method === 'HEAD' ? undefined : object.body)
}

server.listen(0, '127.0.0.1', () => console.log(server.address().port))

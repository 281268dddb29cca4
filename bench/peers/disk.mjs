/**
 * The libraries that keep values on disk: `open(directory)` answers how to ask one for a key and how to tell it, or how it
 * wraps a function.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export const peers = {
  'file-system-cache, sync': async (directory) => {
    const { Cache } = await import('file-system-cache')
    const cache = new Cache({ basePath: directory })
    return { get: (key) => cache.getSync(key), set: (key, value) => cache.setSync(key, value) }
  },
  'file-system-cache': async (directory) => {
    const { Cache } = await import('file-system-cache')
    const cache = new Cache({ basePath: directory })
    return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) }
  },
  'keyv, keyv-file': async (directory) => {
    const { default: Keyv } = await import('keyv')
    const { KeyvFile } = await import('keyv-file')
    const cache = new Keyv({ store: new KeyvFile({ filename: `${directory}.json` }) })
    return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) }
  },
  cacache: async (directory) => {
    const cacache = require('cacache')
    return {
      get: async (key) => {
        try {
          return JSON.parse((await cacache.get(directory, key)).data.toString())
        } catch (error) {
          if (error.code === 'ENOENT') return undefined
          throw error
        }
      },
      set: (key, value) => cacache.put(directory, key, JSON.stringify(value)),
    }
  },
  'unstorage, fs': async (directory) => {
    const { createStorage } = await import('unstorage')
    const { default: driver } = await import('unstorage/drivers/fs')
    const cache = createStorage({ driver: driver({ base: directory }) })
    return { get: (key) => cache.getItem(key), set: (key, value) => cache.setItem(key, value) }
  },
  'flat-cache': async (directory) => {
    const { create } = await import('flat-cache')
    const cache = create({ cacheId: 'all', cacheDir: directory })
    return { get: (key) => cache.getKey(key), set: (key, value) => cache.setKey(key, value) }
  },
  lmdb: async (directory) => {
    const { open } = require('lmdb')
    const cache = open({ path: `${directory}.lmdb` })
    return { get: (key) => cache.get(key), set: (key, value) => cache.put(key, value) }
  },
  bentocache: async (directory) => {
    const { BentoCache, bentostore } = await import('bentocache')
    const { fileDriver } = await import('bentocache/drivers/file')
    const store = bentostore().useL2Layer(fileDriver({ directory }))
    const cache = new BentoCache({ default: 'disk', stores: { disk: store } })
    return { get: (key) => cache.get({ key }), set: (key, value) => cache.set({ key, value }) }
  },
  'memoize-fs': async (directory) => {
    const { default: memoizeFs } = await import('memoize-fs')
    return { wrap: (compute) => memoizeFs({ cachePath: directory }).fn(compute) }
  },
  'ocache, unstorage fs': async (directory) => {
    const { createStorage } = await import('unstorage')
    const { default: driver } = await import('unstorage/drivers/fs')
    const { defineCachedFunction } = await import('ocache')
    const cache = createStorage({ driver: driver({ base: directory }) })
    const storage = { get: (key) => cache.getItem(key), set: (key, value) => cache.setItem(key, value) }
    return { wrap: (compute) => defineCachedFunction(compute, { name: 'compute', maxAge: 3600, storage }) }
  },
  'keyv, sqlite': async (directory) => {
    const cache = await keyvOfSqlite(directory)
    return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) }
  },
  'cacheable, sqlite': async (directory) => {
    const { Cacheable } = await import('cacheable')
    const cache = new Cacheable({ primary: await keyvOfSqlite(directory) })
    return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) }
  },
  'better-sqlite3, WAL': async (directory) => {
    const database = require('better-sqlite3')(`${directory}.sqlite`)
    database.pragma('journal_mode = WAL')
    database.exec('create table cache (key text primary key, value text) without rowid')
    const select = database.prepare('select value from cache where key = ?').pluck()
    const insert = database.prepare('insert or replace into cache values (?, ?)')
    return {
      get: (key) => {
        const text = select.get(key)
        return text && JSON.parse(text)
      },
      set: (key, value) => insert.run(key, JSON.stringify(value)),
    }
  },
}

async function keyvOfSqlite(directory) {
  const { default: Keyv } = await import('keyv')
  const { default: KeyvSqlite } = await import('@keyv/sqlite')
  return new Keyv({ store: new KeyvSqlite(`sqlite://${directory}.sqlite`) })
}

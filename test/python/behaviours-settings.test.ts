import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../runtime/config/config.js'
import * as deche from '../../runtime/index.js'
import { Cache, type CacheOptions, type Codec, cached, type EntryFacts } from '../../runtime/index.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { filesOf, lines, plainProject } from './helpers.js'

/** Prints where the entries of a function lie. The cache is made before the program changes its environment. */
const where = `import { Cache, cached } from 'deche'
const options = JSON.parse(process.argv[2] ?? '{}')
const inc = new Cache(options).wrap((y) => y + 1, { name: 'demo.inc', params: ['y'] })
if (process.argv[3]) process.env.DECHE_FS__PREFIX = process.argv[3]
const { store, path } = cached(inc)
inc(1)
console.log(JSON.stringify([store.protocol, path.replace(process.cwd(), '.')]))
`

describe('settings', () => {
  it('3a.1 a Cache takes every setting of Python’s under our names; none is needed; each has its say', async () => {
    expect(new Cache().options).toEqual({})
    const seen: string[] = []
    const codec = (name: string): Codec => ({
      name,
      encode: (value) => JSON.stringify([value]),
      decode(bytes) {
        seen.push(name)
        return JSON.parse(new TextDecoder().decode(bytes))[0]
      },
    })
    const settings: CacheOptions = {
      protocol: 'memory',
      storageOptions: { key: 'k' },
      prefix: 'somewhere',
      input: codec('input'),
      output: codec('output'),
      ttl: '1h',
      expiry: 'append',
      valid: (entry: EntryFacts) => seen.push(`valid ${entry.value}`),
      ignore: ['log'],
      attrs: ['base'],
      path: ({ y }) => `numbers/${y}`,
      validate: (result: unknown) => seen.push(`validate ${result}`),
    }
    const cache = new Cache(settings)
    expect(cache.options).toEqual(settings)
    const owner = {
      base: 10,
      add: cache.wrap(
        function (this: { base: number }, y: number, _log: () => void) {
          return this.base + y
        },
        { name: 'demo.add', params: ['y', 'log'] },
      ),
    }
    expect([owner.add(1, () => {}), owner.add(1, () => {})]).toEqual([11, 11])
    expect(seen.splice(0)).toEqual(['validate 11', 'output', 'valid 11'])
    const names = [...cache.store.sync.list('numbers/1')]
    expect(names.map((name) => name.length).sort((a, b) => a - b)).toEqual([64, 64 + '.inputs'.length])
  })

  it('3a.1 the names of Python’s settings are refused, not ignored', () => {
    for (const name of ['cache_ttl', 'fs_protocol', 'non_hashable_kwargs', 'cls_attrs', 'result_validator']) {
      expect(() => new Cache(JSON.parse(`{"${name}": 1}`))).toThrow(`'${name}' is no option here`)
    }
  })

  it('3a.2 without a protocol, the environment is read when a function is first used, not when it is made', async () => {
    const project = plainProject({ 'main.mjs': where })
    expect(lines(await project.node(['main.mjs', '{}', 'late']))).toEqual([['file', './late/demo.inc']])
    expect(filesOf(project.path('late/demo.inc'))).toEqual(['<key>', '<key>.inputs'])
  })

  it('3a.2 DECHE_FS__PROTOCOL, DECHE_FS__PREFIX and DECHE_FS__STORAGE_OPTIONS__… are the settings', () => {
    const { store } = loadConfig(temporaryDirectory(), {
      DECHE_FS__PROTOCOL: 'memory',
      DECHE_FS__PREFIX: 'bucket/folder',
      DECHE_FS__STORAGE_OPTIONS__KEY: 'me',
      DECHE_FS__STORAGE_OPTIONS__SECRET: '1234',
    })
    expect(store).toEqual({
      protocol: 'memory',
      prefix: 'bucket/folder',
      storageOptions: { key: 'me', secret: '1234' },
    })
  })

  it('3a.2 a YAML file is a configuration; the environment wins over it', async () => {
    const project = plainProject({ 'main.mjs': where, 'deche.config.yaml': 'prefix: from-yaml\nttl: 1h\n' })
    project.link('yaml', dirname(createRequire(import.meta.url).resolve('yaml/package.json')))
    expect(lines(await project.node(['main.mjs']))).toEqual([['file', './from-yaml/demo.inc']])
    const environment = { DECHE_FS__PREFIX: 'from-environment' }
    expect(lines(await project.node(['main.mjs'], environment))).toEqual([['file', './from-environment/demo.inc']])
  })

  it('3a.3 an explicit protocol beats the configured one; the prefix is known before the first call', async () => {
    const project = plainProject({ 'main.mjs': where })
    const environment = { DECHE_FS__PROTOCOL: 'memory', DECHE_FS__PREFIX: 'configured' }
    expect(lines(await project.node(['main.mjs'], environment))).toEqual([['memory', 'memory/demo.inc']])
    expect(lines(await project.node(['main.mjs', '{"protocol":"file"}'], environment))).toEqual([
      ['file', './configured/demo.inc'],
    ])
  })

  it('3a.4 on purpose different: a prefix is a directory, absolute; slashes at its end do not count', () => {
    const path = (prefix: string) =>
      cached(new Cache({ prefix }).wrap((y: number) => y, { name: 'demo.inc', params: ['y'] })).path
    expect(path('/test/')).toBe('/test/demo.inc')
    expect(path('/')).toBe('/demo.inc')
    expect(path('test//')).toBe(`${resolve('test')}/demo.inc`)
    expect(() => path('')).toThrow('must be a directory')
  })

  it('3a.4 on purpose different: without a prefix, entries lie in .deche beside package.json', async () => {
    const project = plainProject({ 'main.mjs': where, 'sub/folder/.keep': '' })
    expect(lines(await project.node(['main.mjs']))).toEqual([['file', './.deche/demo.inc']])
    expect(filesOf(project.path('.deche/demo.inc'))).toEqual(['<key>', '<key>.inputs'])
  })

  it('3a.5 path is the prefix and the id', () => {
    const prefix = temporaryDirectory()
    const inc = new Cache({ prefix }).wrap((y: number) => y + 1, { name: 'module.inc', params: ['y'] })
    inc(1)
    expect(cached(inc).path).toBe(`${prefix}/module.inc`)
    expect(readdirSync(prefix)).toEqual(['module.inc'])
    expect(existsSync(`${cached(inc).path}/${cached(inc).tokenize(1)}`)).toBe(true)
  })

  it('3a.28 replace answers a new Cache with the other settings kept, in the same store', () => {
    const one = new Cache({ protocol: 'memory', ttl: '1h', ignore: ['log'] })
    const two = one.replace({ ttl: '2h' })
    expect(two).toBeInstanceOf(Cache)
    expect(two.options).toEqual({ protocol: 'memory', ttl: '2h', ignore: ['log'] })
    expect(one.options).toEqual({ protocol: 'memory', ttl: '1h', ignore: ['log'] })
    expect(two.store).toBe(one.store)
  })

  it('3a.33 directories are made on demand, with all their parents', () => {
    const prefix = join(temporaryDirectory(), 'not', 'there', 'yet')
    const inc = new Cache({ prefix }).wrap((y: number) => y + 1, { name: 'demo.inc', params: ['y'] })
    expect(cached(inc).listCachedDataSync()).toEqual([])
    expect(existsSync(prefix)).toBe(false)
    expect([inc(1), inc(2)]).toEqual([2, 3])
    expect(cached(inc).listCachedDataSync()).toHaveLength(2)
  })

  it('3a.34 on purpose different: what is exported; expiry is a word, tokenize a method, the default codec no name', () => {
    expect(Object.keys(deche).sort()).toEqual([
      'Cache',
      'CacheMissError',
      'ConfigError',
      'DecheError',
      'Entries',
      'EntryNotFoundError',
      'NotTransformedError',
      'StoreError',
      'UnkeyableArgumentError',
      'ValidationError',
      'cached',
      'configure',
    ])
    expect(new Cache({ expiry: 'append' }).options.expiry).toBe('append')
    const inc = new Cache({ protocol: 'memory' }).wrap((y: number) => y + 1, { name: 'demo.inc', params: ['y'] })
    expect(cached(inc).tokenize(1)).toMatch(/^[0-9a-f]{64}$/)
  })
})

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  checkOptions,
  configGeneration,
  configure,
  currentConfig,
  loadConfig,
  resetConfig,
} from '../../runtime/config/config.js'
import { resolveSettings } from '../../runtime/config/options.js'
import { resolveStore } from '../../runtime/config/store.js'
import type { Codec } from '../../runtime/value/codec.js'
import { problem } from '../helpers/problem.js'

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const made: string[] = []

/** A directory with these files; values that are no text are written as JSON. */
function project(files: Readonly<Record<string, unknown>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'deche-config-')))
  made.push(root)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return root
}

/** Installs the parsers of configuration files. */
function linkPeers(root: string): void {
  mkdirSync(join(root, 'node_modules'))
  for (const name of ['yaml', 'jiti'])
    symlinkSync(join(repository, 'node_modules', name), join(root, 'node_modules', name))
}

/** What the options of a function come to in this project. */
const settingsIn = (root: string, env: Record<string, string> = {}) => {
  const { layers, registry } = loadConfig(root, env)
  return resolveSettings(layers, registry)
}

afterAll(() => {
  for (const root of made) rmSync(root, { recursive: true })
})

describe('where configuration comes from', () => {
  test('without any, entries are files in .deche beside the nearest package.json', () => {
    const root = project({ 'package.json': {}, 'src/deep/x.ts': '' })
    const config = loadConfig(join(root, 'src/deep'), {})
    expect(config).toMatchObject({ root, mode: 'on', layers: [] })
    expect(config.store).toEqual({ protocol: 'file', prefix: join(root, '.deche'), storageOptions: {} })
  })

  test('the deche key of package.json', () => {
    const root = project({ 'package.json': { name: 'x', deche: { ttl: '1d', prefix: 'cache', mode: 'readonly' } } })
    const config = loadConfig(root, {})
    expect(config.store.prefix).toBe(join(root, 'cache'))
    expect(config.mode).toBe('readonly')
    expect(settingsIn(root).ttl).toEqual({ ms: 86_400_000 })
  })

  const typescript = 'const ttl: string = "1d"\nexport default { ttl }\n'
  test.each([
    ['deche.config.json', '{ "ttl": "1d" }'],
    ['deche.config.json', '\uFEFF{ "ttl": "1d" }'],
    ['deche.config.yaml', '# days\nttl: 1d\n'],
    ['deche.config.yml', 'ttl: 1d\n'],
    ['deche.config.js', 'export default { ttl: "1d" }'],
    ['deche.config.mjs', 'export default { ttl: "1d" }'],
    ['deche.config.cjs', 'module.exports = { ttl: "1d" }'],
    ['deche.config.cjs', 'exports.__esModule = true; exports.default = { ttl: "1d" }'],
    ['deche.config.ts', typescript],
    ['deche.config.mts', typescript],
    ['deche.config.cts', 'const ttl: string = "1d"\nmodule.exports = { ttl }\n'],
  ])('%s: %s', (name, content) => {
    const root = project({ 'package.json': { type: 'module' }, [name]: content })
    linkPeers(root)
    expect(settingsIn(root).ttl).toEqual({ ms: 86_400_000 })
    expect(loadConfig(root, {}).layers[0]?.source).toBe(join(root, name))
  })

  test('a YAML file of nothing but comments says nothing', () => {
    const root = project({ 'package.json': {}, 'deche.config.yaml': '# ttl: 1d\n' })
    linkPeers(root)
    expect(settingsIn(root)).not.toHaveProperty('ttl')
  })

  test('a JavaScript file can register functions, codecs and classes', () => {
    const root = project({
      'package.json': {},
      'deche.config.cjs': 'module.exports = { validate: "isFive", functions: { isFive: (n) => n === 5 } }',
    })
    expect(settingsIn(root).validate?.(5)).toBe(true)
  })

  test('a configuration above the nearest package.json is of another project', () => {
    const root = project({ 'package.json': { deche: { ttl: '1d' } }, 'packages/a/package.json': {} })
    expect(settingsIn(join(root, 'packages/a'))).not.toHaveProperty('ttl')
  })
})

describe('the environment', () => {
  test('names protocol, prefix and storage options', () => {
    const env = {
      DECHE_FS__PROTOCOL: 'memory',
      DECHE_FS__PREFIX: '/test/',
      DECHE_FS__STORAGE_OPTIONS__KEY: '0123',
      DECHE_FS__STORAGE_OPTIONS__SECRET: 's3cret',
      DECHE_FS__STORAGE_OPTIONS__ENDPOINT_URL: 'http://localhost:9000',
      DECHE_FS__STORAGE_OPTIONS__FORCE_PATH_STYLE: 'true',
      DECHE_FS__STORAGE_OPTIONS__CLIENT__REGION: 'eu',
      DECHE_FS__STORAGE_OPTIONS__CLIENT__MAX_TRIES: '3',
    }
    expect(loadConfig(project({ 'package.json': {} }), env).store).toStrictEqual({
      protocol: 'memory',
      prefix: '/test',
      storageOptions: {
        key: '0123',
        secret: 's3cret',
        endpointUrl: 'http://localhost:9000',
        forcePathStyle: true,
        client: { region: 'eu', maxTries: '3' },
      },
    })
  })

  test('sets mode and the options that are one word', () => {
    const root = project({ 'package.json': { deche: { ttl: '1d', mode: 'off' } } })
    const env = {
      DECHE_MODE: 'offline',
      DECHE_TTL: '2d',
      DECHE_EXPIRY: 'append',
      DECHE_ERRORS: 'off',
      DECHE_MEMORY: 'off',
      DECHE_SHARE: 'true',
      DECHE_UNKEYABLE: 'bypass',
      DECHE_MAX_SIZE: '1GB',
      DECHE_MAX_AGE: '30d',
      DECHE_MAX_ENTRIES: '10',
    }
    expect(loadConfig(root, env).mode).toBe('offline')
    expect(settingsIn(root, env)).toMatchObject({
      ttl: { ms: 172_800_000 },
      expiry: 'append',
      errors: 'off',
      memory: 'off',
      share: true,
      unkeyable: 'bypass',
      cacheLimits: { size: 1e9, age: 2_592_000_000, entries: 10 },
    })
  })

  test('an empty variable counts as none', () => {
    const root = project({ 'package.json': { deche: { mode: 'off' } } })
    expect(loadConfig(root, { DECHE_MODE: '', DECHE_FS__PREFIX: '', DECHE_FS__NONSENSE: '' }).mode).toBe('off')
  })

  test.each([
    [{ DECHE_MODE: 'offf' }, "DECHE_MODE: mode: 'offf' must be on, off, refresh, readonly or offline"],
    [{ DECHE_TTL: '7' }, "DECHE_TTL: ttl: '7' needs a unit: write 7s, 7m, 7h or 7d"],
    [
      { DECHE_FS__PROTOCOL: 'S3' },
      "DECHE_FS__PROTOCOL: protocol: 'S3' must be file, memory, s3, redis or the name of an Apache OpenDAL service, such as gcs",
    ],
    [
      { DECHE_FS__PREFX: '/x' },
      'DECHE_FS__PREFX: it is no setting; settings are DECHE_FS__PROTOCOL, DECHE_FS__PREFIX, DECHE_MODE, DECHE_TTL, ' +
        'DECHE_EXPIRY, DECHE_ERRORS, DECHE_MEMORY, DECHE_SHARE, DECHE_UNKEYABLE, DECHE_MAX_SIZE, DECHE_MAX_AGE, DECHE_MAX_ENTRIES, DECHE_FS__STORAGE_OPTIONS__…',
    ],
    [
      { DECHE_FS__STORAGE_OPTIONS____PROTO__: 'x' },
      'DECHE_FS__STORAGE_OPTIONS____PROTO__: it names no storage option; write DECHE_FS__STORAGE_OPTIONS__ENDPOINT_URL for endpointUrl',
    ],
  ])('%o is refused', (env, message) => {
    expect(problem(() => loadConfig(project({ 'package.json': {} }), env))).toBe(`DECHE2006: ${message}`)
  })
})

describe('a project that cannot be read', () => {
  const root = (files: Readonly<Record<string, unknown>>) => project({ 'package.json': {}, ...files })

  test('two configurations are refused', () => {
    const both = root({ 'package.json': { deche: {} }, 'deche.config.json': {} })
    expect(problem(() => loadConfig(both, {}))).toBe(
      `DECHE2006: the 'deche' key of ${both}/package.json and ${both}/deche.config.json: there must be one configuration; keep one of them`,
    )
    const files = root({ 'deche.config.json': {}, 'deche.config.yaml': '' })
    expect(problem(() => loadConfig(files, {}))).toBe(
      `DECHE2006: ${files}/deche.config.json and ${files}/deche.config.yaml: there must be one configuration; keep one of them`,
    )
  })

  test.each([
    [{ 'package.json': '{ "deche": ' }, 'package.json: it is not JSON: Unexpected end of JSON input'],
    [{ 'package.json': '[]' }, 'package.json: it must be an object, and is a list'],
    [{ 'deche.config.json': '{' }, 'deche.config.json: it is not JSON: '],
    [{ 'deche.config.json': '[]' }, 'deche.config.json: it must be an object of options, and is a list'],
    [{ 'deche.config.json': 'null' }, 'deche.config.json: it must be an object of options, and is null'],
    [{ 'deche.config.yaml': 'ttl: [' }, 'deche.config.yaml: it is not YAML: '],
    [{ 'deche.config.cjs': 'module.exports = (' }, 'deche.config.cjs: it cannot be loaded: '],
    [{ 'deche.config.cjs': 'throw new Error("no luck")' }, 'deche.config.cjs: it cannot be loaded: no luck'],
    [
      { 'deche.config.cjs': 'module.exports = () => ({})' },
      'deche.config.cjs: it must be an object of options, and is a function',
    ],
    [
      { 'deche.config.mjs': 'export default Promise.resolve({})' },
      'deche.config.mjs: it must be an object of options, and is a promise',
    ],
    [
      { 'deche.config.mjs': 'export default undefined' },
      'deche.config.mjs: it must be an object of options, and is undefined',
    ],
    [
      { 'deche.config.mjs': 'await 1; export default {}' },
      'deche.config.mjs: it uses top-level await, and configuration is read synchronously; await in the program and call configure()',
    ],
  ])('%o', (files, message) => {
    const at = root(files)
    linkPeers(at)
    const told = problem(() => loadConfig(at, {}))
    if (message.endsWith(': ')) expect(told).toContain(`DECHE2006: ${at}/${message}`)
    else expect(told).toBe(`DECHE2006: ${at}/${message}`)
  })

  test('a configuration that is a directory is told as such', () => {
    const at = root({ 'deche.config.json/x': '' })
    expect(problem(() => loadConfig(at, {}))).toBe(
      `DECHE2006: ${at}/deche.config.json: it cannot be read: EISDIR: illegal operation on a directory, read`,
    )
  })

  test('a missing parser says what to install', () => {
    const yaml = root({ 'deche.config.yaml': 'ttl: 1d' })
    expect(problem(() => loadConfig(yaml, {}))).toBe(
      `DECHE2006: ${yaml}/deche.config.yaml: reading it takes the package yaml: npm install yaml`,
    )
  })

  test.skipIf(Boolean(Reflect.get(process.features, 'typescript')))(
    'TypeScript without jiti on a Node that cannot strip types says what to install',
    () => {
      const ts = root({ 'deche.config.ts': 'export default {}' })
      expect(problem(() => loadConfig(ts, {}))).toBe(
        `DECHE2006: ${ts}/deche.config.ts: reading it takes the package jiti: npm install jiti`,
      )
    },
  )

  test('unknown keys and wrong values name the file', () => {
    const unknown = root({ 'deche.config.json': { tll: '1d' } })
    expect(problem(() => loadConfig(unknown, {}))).toBe(
      `DECHE2006: ${unknown}/deche.config.json: 'tll' is no option here; options are ttl, expiry, ignore, redact, attrs, output, ` +
        'input, validate, valid, path, errors, version, memory, share, stale, lock, maxSize, maxAge, maxEntries, sign, unkeyable, protocol, storageOptions, prefix, store, tiers, mode, ' +
        'caches, codecs, functions, classes',
    )
    const wrong = root({ 'package.json': { deche: { ttl: 7 } } })
    expect(problem(() => loadConfig(wrong, {}))).toBe(
      `DECHE2006: the 'deche' key of ${wrong}/package.json: ttl: 7 must be a duration such as 500ms, 90s, 1.5h or 7d, ` +
        'or an instant such as 2027-01-01 or 2027-01-01T00:00Z',
    )
  })

  test('a key called __proto__ is an unknown key', () => {
    const at = root({ 'deche.config.json': '{ "__proto__": { "mode": "off" } }' })
    expect(problem(() => loadConfig(at, {}))).toContain("deche.config.json: '__proto__' is no option here;")
  })
})

describe('the prefix', () => {
  const places = { root: '/project', cwd: '/project/src' }
  const prefixOf = (options: Record<string, unknown>, directory?: string) =>
    resolveStore([{ source: 'new Cache()', options, ...(directory !== undefined && { directory }) }], places).prefix

  test('is normalised', () => {
    expect(prefixOf({ prefix: '/test/' })).toBe('/test')
    expect(prefixOf({ prefix: '/a/./b//../c/' })).toBe('/a/c')
    expect(prefixOf({ prefix: '/' })).toBe('/')
    expect(prefixOf({ protocol: 'memory', prefix: '/' })).toBe('')
    expect(prefixOf({ protocol: 'memory', prefix: 's3://b/x/' })).toBe('s3://b/x')
    expect(prefixOf({ protocol: 'memory' })).toBe('')
  })

  test('is relative to the file that says it, in code to the working directory', () => {
    expect(prefixOf({ prefix: 'cache' })).toBe('/project/src/cache')
    expect(prefixOf({ prefix: '../cache' }, '/project')).toBe('/cache')
    expect(prefixOf({ prefix: null })).toBe('/project/.deche')
  })

  test.each([
    ['', "prefix: '' must be a directory"],
    ['a\0b', "prefix: 'a\0b' must be a directory"],
    ['s3://bucket/x', "prefix: 's3://bucket/x' is a URL; under protocol file it must be a directory"],
    ['~/cache', "prefix: '~/cache' starts with ~, which only a shell replaces; write the whole path"],
  ])('%j is refused', (prefix, message) => {
    expect(problem(() => prefixOf({ prefix }))).toBe(`DECHE2006: new Cache(): ${message}`)
  })
})

describe('the store', () => {
  const places = { root: '/project', cwd: '/project' }
  const storeOf = (...layers: Record<string, unknown>[]) =>
    resolveStore(
      layers.map((options, index) => ({ source: `layer ${index}`, options })),
      places,
    )
  const own = { protocol: 'own', location: 'here', sync: {}, async: {} }

  test('options of one protocol are merged by name', () => {
    expect(
      storeOf({ storageOptions: { a: 1, b: { c: 1 } } }, { storageOptions: { b: { d: 2 } } }).storageOptions,
    ).toEqual({
      a: 1,
      b: { c: 1, d: 2 },
    })
  })

  test('options of one protocol are not handed to another', () => {
    expect(storeOf({ storageOptions: { secret: 1 } }, { protocol: 'memory' }).storageOptions).toEqual({})
    expect(
      storeOf({ storageOptions: { secret: 1 } }, { protocol: 'memory' }, { protocol: 'file' }).storageOptions,
    ).toEqual({})
    expect(storeOf({ storageOptions: { a: 1 } }, { protocol: 'file' }).storageOptions).toEqual({ a: 1 })
  })

  test('an option called __proto__ stays an option', () => {
    const { storageOptions } = storeOf({ storageOptions: JSON.parse('{ "__proto__": { "x": 1 } }') })
    expect(Object.keys(storageOptions)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(storageOptions)).toBe(Object.prototype)
  })

  test('a store of the user takes the place of a configured one, and a later protocol that of the store', () => {
    expect(storeOf({ protocol: 'memory' }, { store: own }).store).toBe(own)
    expect(storeOf({ store: own }, { protocol: 'memory' })).toEqual({
      protocol: 'memory',
      prefix: '',
      storageOptions: {},
    })
    expect(storeOf({ store: own }, { store: null })).not.toHaveProperty('store')
  })

  test.each([
    [{ store: own, prefix: '/x' }, 'store: a store of your own takes the place of protocol, prefix and storageOptions'],
    [{ store: {} }, 'store: an object must be a store, an object with protocol, location and async, and perhaps sync'],
    [
      { protocol: 'S3' },
      "protocol: 'S3' must be file, memory, s3, redis or the name of an Apache OpenDAL service, such as gcs",
    ],
    [{ prefix: 7 }, 'prefix: 7 must be a directory'],
    [{ storageOptions: 'key' }, "storageOptions: 'key' must be an object"],
    [{ mode: true }, 'mode: true must be on, off, refresh, readonly or offline'],
    [{ name: 'x' }, undefined],
    [new Map(), 'it must be an object of options, and is an object'],
    [undefined, 'it must be an object of options, and is undefined'],
  ])('%o is refused', (options, message) => {
    const told = problem(() => checkOptions('new Cache()', options))
    if (message === undefined)
      expect(told).toMatch(/^DECHE2006: new Cache\(\): 'name' is no option here; options are ttl, /)
    else expect(told).toBe(`DECHE2006: new Cache(): ${message}`)
  })

  test('wrap takes the options of a tag, a name and parameters', () => {
    expect(problem(() => checkOptions('wrap()', { name: 'a.b', params: ['x', 'y'], ttl: '7d' }, 'wrap'))).toBe(
      'nothing was thrown',
    )
    expect(problem(() => checkOptions('wrap()', {}, 'wrap'))).toBe(
      'DECHE2006: wrap(): name: it must be letters, digits, _, $, @ and -, joined by dots, as in weather.forecast',
    )
    expect(problem(() => checkOptions('wrap()', { name: 'a', protocol: 'memory' }, 'wrap'))).toBe(
      "DECHE2006: wrap(): 'protocol' is no option here; options are params, ttl, expiry, ignore, redact, attrs, output, input, " +
        'validate, valid, path, name, errors, version, memory, share, stale, lock, maxSize, maxAge, maxEntries, sign',
    )
  })
})

describe('the parameters of wrap', () => {
  const told = (params: unknown) => problem(() => checkOptions('wrap()', { name: 'a', params }, 'wrap'))

  test.each([[[]], [['x']], [['x', '...rest']], [['...args']]])('%j are accepted', (params) => {
    expect(told(params)).toBe('nothing was thrown')
  })

  test.each([
    [['x', 'x']],
    [['x', '...x']],
    [['...x', 'y']],
    [['']],
    [['a b']],
    [[1]],
    [[undefined]],
    [[null]],
    [['this.x']],
    [['...']],
    ['x'],
    [null],
    [{}],
  ])('%j are refused', (params) => {
    expect(told(params)).toMatch(
      /^DECHE2006: wrap\(\): params: .* must be a list of different parameter names, the last perhaps as '\.\.\.rest'$/,
    )
  })
})

describe('configure()', () => {
  beforeEach(resetConfig)
  afterEach(resetConfig)
  const codec: Codec = { encode: String, decode: String }

  test('later calls win key by key, and bound functions can tell', () => {
    const before = configGeneration()
    configure({ ttl: '1d', mode: 'off', storageOptions: { a: 1 } })
    configure({ ttl: '2d', storageOptions: { b: 2 } })
    const { layers, registry, mode, store } = currentConfig()
    expect(resolveSettings(layers, registry).ttl).toEqual({ ms: 172_800_000 })
    expect(mode).toBe('off')
    expect(store.storageOptions).toEqual({ a: 1, b: 2 })
    expect(configGeneration()).toBe(before + 2)
    expect(currentConfig()).toBe(currentConfig())
  })

  test('null goes back to the default', () => {
    configure({ protocol: 'memory', mode: 'off', ttl: '1d' })
    configure({ protocol: null, mode: null, ttl: null })
    const { layers, registry, mode, store } = currentConfig()
    expect([mode, store.protocol]).toEqual(['on', 'file'])
    expect(resolveSettings(layers, registry)).not.toHaveProperty('ttl')
  })

  test('registers by name, and adds to what is registered', () => {
    const isFive = () => true
    configure({ codecs: { csv: codec } })
    configure({ codecs: { parquet: codec }, functions: { isFive } })
    configure({ mode: 'on' })
    expect(currentConfig().registry).toEqual({
      caches: {},
      codecs: { csv: codec, parquet: codec },
      functions: { isFive },
      classes: {},
    })
  })

  test('a refused call changes nothing', () => {
    configure({ ttl: '1d' })
    const before = [configGeneration(), currentConfig()]
    expect(problem(() => configure({ ttl: '7', mode: 'off' }))).toBe(
      "DECHE2006: configure(): ttl: '7' needs a unit: write 7s, 7m, 7h or 7d",
    )
    class Money {}
    expect(problem(() => configure({ classes: { Money: { class: Money }, Cash: { class: Money } } }))).toBe(
      'DECHE2006: configure(): classes: one class is registered twice, as Money and as Cash',
    )
    expect([configGeneration(), currentConfig()]).toEqual(before)
  })

  test('a program may configure without end', () => {
    for (let call = 0; call < 500; call++) configure({ ttl: `${call}s`, protocol: 'memory' })
    expect(currentConfig().layers.filter(({ source }) => source === 'configure()')).toHaveLength(1)
    for (let call = 0; call < 500; call++)
      configure({ functions: { isFive: () => call === 5, [`f${call % 2}`]: String } })
    expect(currentConfig().layers.filter(({ source }) => source === 'configure()')).toHaveLength(3)
    expect(currentConfig().registry.functions).toHaveProperty('f0')
  })

  test.each([
    [{ functions: { isFive: 5 } }, 'functions.isFive: 5 must be a function'],
    [{ codecs: { csv: {} } }, 'codecs.csv: an object must be a codec, an object with encode and decode'],
    [{ caches: { week: { ttl: '7d' } } }, 'caches.week: an object must be a Cache'],
    [
      { classes: { Money: class {} } },
      'classes.Money: a function must be an object with class, and encode and decode if it needs them',
    ],
    [{ codecs: 'csv' }, "codecs: 'csv' must be an object"],
    [{ codecs: { 'a,b': codec } }, "codecs: 'a,b' cannot be a name; a tag could not say it"],
  ])('%o is refused', (options, message) => {
    expect(problem(() => Reflect.apply(configure, undefined, [options]))).toBe(`DECHE2006: configure(): ${message}`)
  })
})

describe('a real process', () => {
  const bundle = join(project({}), 'config.mjs')
  buildSync({
    stdin: {
      contents:
        "export * from './runtime/config/config.ts'; export { resolveSettings } from './runtime/config/options.ts'",
      resolveDir: repository,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
  })

  /** What a program prints as JSON; it has the bundle as `deche`. */
  function run(cwd: string, program: string, env: Record<string, string> = {}, ...args: string[]): unknown {
    const source = `import * as deche from ${JSON.stringify(bundle)}\n${program}`
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', source, ...args], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return JSON.parse(printed)
  }
  const print = `
    const { layers, registry, mode, store } = deche.currentConfig()
    console.log(JSON.stringify([mode, store.prefix, deche.resolveSettings(layers, registry).ttl ?? null]))`

  test('file, then environment, then configure(): later wins', () => {
    const root = project({ 'package.json': { deche: { mode: 'off', prefix: 'file', ttl: '1s' } }, 'src/x': '' })
    const src = join(root, 'src')
    expect(run(src, print)).toEqual(['off', join(root, 'file'), { ms: 1000 }])
    const env = { DECHE_MODE: 'readonly', DECHE_FS__PREFIX: 'env', DECHE_TTL: '2s' }
    expect(run(src, print, env)).toEqual(['readonly', join(src, 'env'), { ms: 2000 }])
    const code = "deche.configure({ mode: 'refresh', prefix: 'code', ttl: '3s' })"
    expect(run(src, `${code}\n${print}`, env)).toEqual(['refresh', join(src, 'code'), { ms: 3000 }])
  })

  test('nothing is read before it is needed, and then once', () => {
    const root = project({ 'package.json': '{ broken', 'other/package.json': {} })
    const program = `
      import { writeFileSync } from 'node:fs'
      const failures = []
      try { deche.currentConfig() } catch (error) { failures.push(error.name) }
      writeFileSync('package.json', '{ "deche": { "mode": "off" } }')
      const mode = deche.currentConfig().mode
      process.chdir('other')
      process.env.DECHE_MODE = 'readonly'
      deche.configure({ prefix: 'code' })
      console.log(JSON.stringify([failures, mode, deche.currentConfig().mode, deche.currentConfig().store.prefix]))`
    expect(run(root, program)).toEqual([['ConfigError'], 'off', 'off', join(root, 'code')])
  })

  test('a variable that means nothing is warned of once', () => {
    const root = project({ 'package.json': {} })
    const program = `
      const warnings = []
      process.on('warning', ({ name, code, message }) => warnings.push([name, code, message]))
      deche.currentConfig()
      deche.resetConfig()
      deche.currentConfig()
      setImmediate(() => console.log(JSON.stringify(warnings)))`
    expect(run(root, program, { DECHE_TLL: '7d' })).toEqual([
      [
        'DecheWarning',
        'DECHE3005',
        'DECHE_TLL is no setting of deche; settings are DECHE_FS__PROTOCOL, DECHE_FS__PREFIX, DECHE_MODE, DECHE_TTL, ' +
          'DECHE_EXPIRY, DECHE_ERRORS, DECHE_MEMORY, DECHE_SHARE, DECHE_UNKEYABLE, DECHE_MAX_SIZE, DECHE_MAX_AGE, DECHE_MAX_ENTRIES, DECHE_FS__STORAGE_OPTIONS__…',
      ],
    ])
  })

  test('a configuration file that needs the configuration is told so instead of waiting for itself', () => {
    const root = project({
      'package.json': {},
      'deche.config.mjs': `import { currentConfig } from ${JSON.stringify(bundle)}\nexport default { mode: currentConfig().mode }`,
    })
    const program = 'try { deche.currentConfig() } catch (error) { console.log(JSON.stringify(error.message)) }'
    expect(run(root, program)).toBe(
      `DECHE2006: ${root}/deche.config.mjs: it cannot be loaded: DECHE2006: configuration: a cached function was called while the configuration was being read`,
    )
  })

  test('in place of a working directory that is gone, that of the program counts', () => {
    const root = project({ 'package.json': {}, 'gone/x': '' })
    const program = `
      import { rmSync } from 'node:fs'
      process.chdir(process.argv[1])
      rmSync(process.argv[1], { recursive: true })
      process.argv[1] = ${JSON.stringify(join(root, 'main.mjs'))}
      console.log(JSON.stringify(deche.currentConfig().store.prefix))`
    expect(run(root, program, {}, join(root, 'gone'))).toBe(join(root, '.deche'))
  })
})

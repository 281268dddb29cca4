import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Cache, CacheMissError, type CacheOptions, ConfigError, cached, type Mode } from '../../runtime/index.js'
import { clear, isolate, type RecordingsOptions, recordings } from '../../runtime/testing/index.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { collectWarnings } from '../helpers/warnings.js'

const world = { answer: 'rain', runs: 0 }

/** A service whose answers change, behind a function with a cache of files. */
function forecastOf(options: CacheOptions = {}, name = 'demo.forecast') {
  world.answer = 'rain'
  world.runs = 0
  return new Cache({ prefix: temporaryDirectory(), ...options }).wrap(
    (city: string, apiKey?: string) => {
      world.runs++
      if (city === '') throw new RangeError(`no city, ${world.answer}`)
      return { city, weather: world.answer, known: apiKey !== undefined }
    },
    { name, params: ['city', 'apiKey'] },
  )
}

/** What a process does with the recordings, from its beginning to its end. */
function session<T>(
  directory: string,
  mode: Mode,
  run: (tape: ReturnType<typeof recordings>) => T,
  more: RecordingsOptions = {},
): T {
  using tape = recordings(directory, { mode, ...more })
  return run(tape)
}

function filesOf(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.deche-'))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(directory, name), 'utf8')]))
}

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('it did not throw')
}

describe('replay', () => {
  it('answers without running, results and exceptions, whatever the age that the tag allows', () => {
    const directory = temporaryDirectory()
    const forecast = forecastOf({ ttl: '1ms', valid: () => false, path: ({ city }) => `${Date.now()}/${city}` })
    session(directory, 'on', () => {
      forecast('Oslo')
      expect(() => forecast('')).toThrow(RangeError)
    })
    world.answer = 'sun'
    session(directory, 'offline', () => {
      expect(forecast('Oslo')).toEqual({ city: 'Oslo', weather: 'rain', known: false })
      expect(() => forecast('')).toThrow('no city, rain')
    })
    expect(world.runs).toBe(2)
  })

  it('a missing recording fails with function, inputs as they would be stored, and the command', () => {
    const directory = temporaryDirectory()
    const forecast = forecastOf({ redact: ['apiKey'] })
    const error = session(directory, 'offline', () => thrownBy(() => forecast('Oslo', 's3cret')), {
      command: 'npm test',
    })
    expect(error).toBeInstanceOf(CacheMissError)
    const place = directory.replaceAll('\\', '/')
    const prefix = process.platform === 'win32' ? 'set "DECHE_MODE=on" && ' : 'DECHE_MODE=on '
    expect(String(error)).toBe(
      `CacheMissError: DECHE2003: demo.forecast has no recording in ${place} for { city: 'Oslo', apiKey: '[redacted]' }. ` +
        `Record it: ${prefix}npm test`,
    )
    expect(world.runs).toBe(0)
    expect(readdirSync(directory)).toEqual([])
  })

  it('a recording that was edited is no answer, and the message says so', () => {
    const directory = temporaryDirectory()
    const forecast = forecastOf()
    session(directory, 'on', () => forecast('Oslo'))
    const name = Object.keys(filesOf(directory)).find((file) => /\/[0-9a-f]{64}$/.test(file)) ?? ''
    writeFileSync(join(directory, name), readFileSync(join(directory, name), 'utf8').replaceAll('\n', '\r\n'))
    const error = session(directory, 'offline', () => thrownBy(() => forecast('Oslo')))
    expect(String(error)).toContain(`cannot read its recording ${directory.replaceAll('\\', '/')}/demo.forecast/`)
    session(directory, 'on', () => forecast('Oslo'))
    expect(session(directory, 'offline', () => forecast('Oslo'))).toMatchObject({ weather: 'rain' })
  })

  it('is what DECHE_MODE decides: offline unless it is set', () => {
    const before = process.env.DECHE_MODE
    onTestFinished(() => {
      if (before === undefined) delete process.env.DECHE_MODE
      else process.env.DECHE_MODE = before
    })
    const modes = ['', 'on', 'refresh'].map((mode) => {
      process.env.DECHE_MODE = mode
      using tape = recordings(temporaryDirectory())
      return tape.mode
    })
    expect(modes).toEqual(['offline', 'on', 'refresh'])
    process.env.DECHE_MODE = 'record'
    expect(() => recordings(temporaryDirectory())).toThrow(ConfigError)
  })
})

describe('recording', () => {
  it('on records what is missing and nothing else', () => {
    const directory = temporaryDirectory()
    const forecast = forecastOf()
    session(directory, 'on', () => forecast('Oslo'))
    const before = filesOf(directory)
    world.answer = 'sun'
    session(directory, 'on', () => {
      expect([forecast('Oslo').weather, forecast('Rome').weather]).toEqual(['rain', 'sun'])
    })
    expect(filesOf(directory)).toMatchObject(before)
    expect(Object.keys(filesOf(directory))).toHaveLength(Object.keys(before).length + 2)
  })

  it('refresh runs each call once, and rewrites what has changed alone', () => {
    const directory = temporaryDirectory()
    const forecast = forecastOf({ memory: 'off' })
    session(directory, 'on', () => {
      forecast('Oslo')
      expect(() => forecast('')).toThrow()
    })
    const before = filesOf(directory)
    // To the millisecond: a time of use that is set leaves out what is finer.
    const times = () => Object.keys(before).map((name) => Math.floor(statSync(join(directory, name)).mtimeMs))
    const written = times()
    session(directory, 'refresh', () => {
      for (const _ of [1, 2]) {
        forecast('Oslo')
        // Elsewhere in the file, so the frames of the stack are others.
        expect(() => forecast('')).toThrow()
      }
    })
    expect(world.runs).toBe(4)
    expect(filesOf(directory)).toEqual(before)
    expect(times()).toEqual(written)

    world.answer = 'sun'
    session(directory, 'refresh', () => {
      forecast('Oslo')
      expect(() => forecast('')).toThrow('sun')
    })
    const after = filesOf(directory)
    const changed = Object.keys(after).filter((name) => after[name] !== before[name])
    expect(changed).toHaveLength(2)
    expect(changed.filter((name) => name.endsWith('.inputs'))).toEqual([])
    expect(session(directory, 'offline', () => forecast('Oslo').weather)).toBe('sun')
  })

  it('refresh lets an exception take the place of a result, and a result that of an exception', () => {
    const directory = temporaryDirectory()
    let fails = false
    const open = new Cache({ prefix: temporaryDirectory() }).wrap(
      (city: string) => {
        if (fails) throw new RangeError('closed')
        return city
      },
      { name: 'demo.open', params: ['city'] },
    )
    session(directory, 'on', () => open('Oslo'))
    fails = true
    session(directory, 'refresh', () => expect(() => open('Oslo')).toThrow('closed'))
    session(directory, 'offline', () => expect(() => open('Oslo')).toThrow('closed'))
    fails = false
    session(directory, 'refresh', () => open('Oslo'))
    expect(session(directory, 'offline', () => open('Oslo'))).toBe('Oslo')
  })

  it('asynchronous functions are recorded the same way', async () => {
    const directory = temporaryDirectory()
    let runs = 0
    const load = new Cache({ prefix: temporaryDirectory() }).wrap(
      async (size: number) => {
        runs++
        return 'x'.repeat(size)
      },
      { name: 'demo.load', params: ['size'] },
    )
    // Large ones are read and written off the main thread.
    const run = () => Promise.all([load(10), load(200_000)])
    {
      using _ = recordings(directory, { mode: 'on' })
      await run()
    }
    const before = filesOf(directory)
    {
      using _ = recordings(directory, { mode: 'refresh' })
      await run()
    }
    expect(filesOf(directory)).toEqual(before)
    using _ = recordings(directory, { mode: 'offline' })
    expect((await run()).map(({ length }) => length)).toEqual([10, 200_000])
    expect(runs).toBe(4)
  })

  it('off runs and writes nothing; readonly runs what is missing and writes nothing', () => {
    const directory = temporaryDirectory()
    const forecast = forecastOf()
    session(directory, 'on', () => forecast('Oslo'))
    const before = filesOf(directory)
    world.answer = 'sun'
    expect(session(directory, 'readonly', () => [forecast('Oslo').weather, forecast('Rome').weather])).toEqual([
      'rain',
      'sun',
    ])
    expect(session(directory, 'off', () => forecast('Oslo').weather)).toBe('sun')
    expect(filesOf(directory)).toEqual(before)
  })

  it('the directory is fit for Git: whole bytes, none of the marks of the store, no paths of the machine', () => {
    const directory = temporaryDirectory()
    const forecast = forecastOf()
    session(directory, 'on', () => expect(() => forecast('')).toThrow())
    const files = filesOf(directory)
    expect(files['.gitattributes']).toBe('* -text linguist-generated\n')
    expect(files['.gitignore']).toBe('.deche-*\n')
    const [exception = ''] = Object.keys(files).filter((name) => name.endsWith('.exc'))
    expect(files[exception]).toContain('(test/testing/recordings.test.ts:')
    expect(files[exception]).not.toContain(process.cwd())
    const stack = session(directory, 'offline', () => (thrownBy(() => forecast('')) as Error).stack)
    expect(stack).toContain('(test/testing/recordings.test.ts:')
  })

  it('is refused where .gitignore would leave it out, and where there is no directory', () => {
    expect(() => recordings(join(temporaryDirectory(), '.deche', 'tests'))).toThrow('.gitignore')
    expect(() => recordings('')).toThrow(ConfigError)
    expect(() => recordings(new URL('https://example.com/recordings'))).toThrow(ConfigError)
  })

  it('takes a file URL', () => {
    const directory = temporaryDirectory()
    using tape = recordings(pathToFileURL(directory))
    expect(tape.directory).toBe(directory)
  })
})

describe('which functions', () => {
  it('only those that are named are recorded; others run, and write to no cache of their own', () => {
    const directory = temporaryDirectory()
    const forecast = forecastOf()
    const cache = new Cache({ prefix: temporaryDirectory() })
    let runs = 0
    const report = cache.wrap((city: string) => `${++runs} ${forecast(city).weather}`, {
      name: 'demo.report',
      params: ['city'],
    })
    session(directory, 'on', () => expect([report('Oslo'), report('Oslo')]).toEqual(['1 rain', '1 rain']), {
      functions: [forecast],
    })
    expect(readdirSync(directory).filter((name) => !name.startsWith('.'))).toEqual(['demo.forecast'])
    expect(cached(report).listCachedDataSync()).toEqual([])
    session(
      directory,
      'offline',
      () => {
        expect(report('Oslo')).toBe('2 rain')
        clear()
        expect(report('Oslo')).toBe('3 rain')
      },
      { functions: ['demo.forecast'] },
    )
    expect(world.runs).toBe(1)
  })

  it('recorded functions are recorded within a test cache too, and clear() leaves them', () => {
    const directory = temporaryDirectory()
    const forecast = forecastOf()
    session(directory, 'on', () => {
      const restore = isolate()
      forecast('Oslo')
      clear()
      clear(forecast)
      forecast('Oslo')
      restore()
    })
    expect(world.runs).toBe(1)
    expect(Object.keys(filesOf(directory)).filter((name) => /[0-9a-f]{64}$/.test(name))).toHaveLength(1)
  })

  it('a function that deche did not compile is refused at once', () => {
    expect(() => recordings(temporaryDirectory(), { functions: [() => 1] })).toThrow(
      expect.objectContaining({ code: 'DECHE2005' }),
    )
  })
})

describe('unused recordings', () => {
  it('are listed and removed: what no call has asked for', () => {
    const directory = temporaryDirectory()
    const forecast = forecastOf()
    session(directory, 'on', (tape) => {
      forecast('Oslo')
      forecast('Rome')
      expect(() => forecast('')).toThrow()
      expect(tape.unused()).toEqual([])
    })
    session(directory, 'offline', (tape) => {
      expect(tape.unused()).toHaveLength(3)
      forecast('Oslo')
      const unused = ['Rome', ''].map((city) => `demo.forecast/${cached(forecast).tokenize(city)}`).sort()
      expect(tape.unused()).toEqual(unused)
      expect(tape.prune()).toEqual(unused)
      expect(tape.unused()).toEqual([])
    })
    expect(Object.keys(filesOf(directory)).filter((name) => name.includes('demo.forecast'))).toHaveLength(2)
    session(directory, 'offline', () => expect(forecast('Oslo').weather).toBe('rain'))
  })

  it('of other functions are not looked at, and there are none without a directory', () => {
    const directory = temporaryDirectory()
    const forecast = forecastOf()
    session(directory, 'on', () => forecast('Oslo'))
    expect(session(directory, 'offline', (tape) => tape.unused(), { functions: ['demo.other'] })).toEqual([])
    expect(session(join(directory, 'none'), 'offline', (tape) => tape.prune())).toEqual([])
  })
})

it('a directory that cannot be written to costs a warning and no test', async () => {
  const warnings = collectWarnings()
  const file = join(temporaryDirectory(), 'file')
  writeFileSync(file, '')
  const forecast = forecastOf()
  expect(session(join(file, 'recordings'), 'on', () => forecast('Oslo').weather)).toBe('rain')
  expect(await warnings.codes()).toEqual(['DECHE3001'])
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtTransformer, type Outcome, Project, TAGGED_PROGRAM } from '../helpers/project.js'

const main = `import { cached } from 'deche'
import { small } from './checks.js'

declare const process: { stdout: { write(text: string): void } }
const ran = (what: string) => process.stdout.write(what + ' ran\\n')

/** @deche validate=small */
export function double(x: number): number {
  ran('double')
  return x * 2
}

export class Store {
  constructor(readonly name: string) {}

  /** @deche attrs=name */
  async load(id: number, tags = new Set(['a'])): Promise<Map<string, unknown>> {
    ran('load')
    return new Map<string, unknown>([[this.name, id], ['tags', tags]])
  }
}

/** @deche */
export const fails = (x: number): never => {
  ran('fails')
  throw new RangeError('no ' + x)
}

async function all(): Promise<void> {
  process.stdout.write(double(4) + '\\n')
  const loaded = await new Store('one').load(7)
  process.stdout.write([loaded.get('one'), (loaded.get('tags') as Set<string>).has('a')].join(' ') + '\\n')
  try {
    fails(1)
  } catch (error) {
    process.stdout.write([error instanceof RangeError, error].join(' ') + '\\n')
  }
  process.stdout.write((await cached(double).hasData({ args: [4] })) + '\\n')
}

void all()
`

describe.each(['module', 'commonjs'])('a package of type %s, with the real runtime', (type) => {
  let project: Project
  let outcome: Outcome

  beforeAll(async () => {
    builtTransformer()
    project = new Project({
      package: { name: 'demo', type },
      files: {
        'src/main.ts': main,
        'src/checks.ts': 'export const small = (x: number) => x < 100\n',
        'tsconfig.json': TAGGED_PROGRAM,
      },
    })
    outcome = await project.ownTspc()
  })

  afterAll(() => project.dispose())

  test('the second process answers from what the first one kept', async () => {
    expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' })
    const said = ['8', '7 true', 'true RangeError: no 1', 'true']
    const first = await project.node(['out/main.js'])
    expect(first).toEqual({
      status: 0,
      stdout: `double ran\n${said[0]}\nload ran\n${said[1]}\nfails ran\n${said[2]}\n${said[3]}\n`,
      stderr: '',
    })
    const second = await project.node(['out/main.js'])
    expect(second).toEqual({ status: 0, stdout: `${said.join('\n')}\n`, stderr: '' })
    const kept = Object.keys(project.tree('.deche')).map((file) => file.replace(/\/[0-9a-f]{64}/, '/<key>'))
    expect(kept.filter((file) => file.endsWith('<key>')).sort()).toEqual([
      'demo.src.main.double/<key>',
      'demo.src.main.~Store.load/<key>',
    ])
  })
})

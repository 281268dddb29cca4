import { afterEach, describe, expect, test } from 'vitest'
import { warmCommand } from './helpers/command.js'
import { builtTransformer, Project, TAGGED_PROGRAM } from './helpers/project.js'

builtTransformer()
const projects: Project[] = []
afterEach(async () => {
  await Promise.all(projects.splice(0).map((each) => each.dispose()))
})

const SUM = `import { add } from './lib.js'
import { scale } from 'scale'
const factor = 2
/** @deche version=auto */
export function sum(a: number, b: number): number { return add(a, b) * factor * scale }
/** @deche */
export function plain(a: number): number { return a * factor }
`
const LIB = 'export const add = (a: number, b: number) => a + b\n'

async function project(): Promise<Project> {
  const it = new Project({
    files: {
      'tsconfig.json': TAGGED_PROGRAM,
      'src/sum.ts': SUM,
      'src/lib.ts': LIB,
      'src/main.ts': "import { plain, sum } from './sum.js'\nsum(1, 2); sum(2, 2); plain(1)\n",
    },
  })
  projects.push(it)
  scale(it, '1.0.0')
  await compileAndRun(it)
  return it
}

function scale(it: Project, version: string): void {
  it.write({
    'node_modules/scale/package.json': { name: 'scale', version, type: 'module', exports: './index.js' },
    'node_modules/scale/index.js': 'export const scale = 1\n',
    'node_modules/scale/index.d.ts': 'export declare const scale: number\n',
  })
}

async function compileAndRun(it: Project): Promise<void> {
  expect(await it.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
  expect((await it.node(['out/main.js'])).status).toBe(0)
}

const warm = warmCommand()
const deche = (it: Project, ...args: string[]) => warm(it.directory, args)

/** Without what differs from run to run. */
const plainText = (text: string) => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<when>')

describe('deche explain', () => {
  test('says what is in the hash, and which piece changed since', async () => {
    const it = await project()
    const before = await deche(it, 'explain', 'demo.src.sum.sum')
    const hash = /^code ([0-9a-f]{28})/m.exec(before.stdout)?.[1] ?? ''
    expect(it.read('out/sum.js')).toContain(hash)
    expect(
      plainText(before.stdout)
        .replace(/^( +)[0-9a-f]{8} /gm, '$1# ')
        .replace(hash, '<hash>'),
    ).toBe(
      [
        'demo.src.sum.sum  src/sum.ts:5',
        'code <hash>  (version=auto: its key)',
        '',
        '  #  own  src/sum.ts:5',
        '  #  src/lib.add  src/lib.ts:1',
        '  #  src/sum.factor  src/sum.ts:3',
        '  scale 1.0.0',
        '',
        'this code: 2 entries, the latest of <when>',
        '',
      ].join('\n'),
    )

    it.write({ 'src/lib.ts': `${LIB.replace('a + b', 'twice(a) + b')}const twice = (a: number) => a * 2\n` })
    scale(it, '1.1.0')
    const after = plainText((await deche(it, 'explain', 'demo.src.sum.sum')).stdout)
    expect(after.slice(after.indexOf('other code'))).toBe(
      [
        `other code ${hash.slice(0, 8)}: 2 entries, the latest of <when>`,
        '  changed since: src/lib.add',
        '  changed since: scale 1.0.0 → 1.1.0',
        '  new since: src/lib.twice',
        '',
      ].join('\n'),
    )
    await compileAndRun(it)
    const { stored } = JSON.parse((await deche(it, 'explain', 'sum', '--json')).stdout)
    expect(stored).toMatchObject([
      { current: true, entries: 2 },
      { current: false, entries: 2, code: hash, since: { added: ['src/lib.twice'], removed: [] } },
    ])
  })

  test('finds a function by its place, and offers the nearest id', async () => {
    const it = await project()
    for (const what of ['demo.src.sum.plain', 'sum.plain', 'plain', 'src/sum.ts:7', './src/sum.ts:7']) {
      expect([what, (await deche(it, 'explain', what)).stdout.split('  ')[0]]).toEqual([what, 'demo.src.sum.plain'])
    }
    const { status, stderr } = await deche(it, 'explain', 'demo.src.sum.plane')
    expect(status).toBe(2)
    expect(stderr).toContain(
      "no tagged function here is called 'demo.src.sum.plane'; did you mean 'demo.src.sum.plain'?",
    )
    expect((await deche(it, 'explain', 'plian')).stderr).toContain("did you mean 'plain'?")
    // Nothing is near: no guess is better than a wild one.
    expect((await deche(it, 'explain', 'weather')).stderr).not.toContain('did you mean')
    expect(await deche(it, 'explain', 'src/sum.ts:1')).toEqual({
      status: 2,
      stdout: '',
      stderr: "deche: no tagged function begins at 'src/sum.ts:1'; src/sum.ts has some at 5, 7\n",
    })
    expect(await deche(it, 'explain', 'src/gone.ts:1')).toMatchObject({ status: 2, stdout: '' })
  })

  test('forgetting the function forgets what its code was', async () => {
    const it = await project()
    it.write({
      'src/forget.ts':
        "import { cached } from 'deche'\nimport { plain, sum } from './sum.js'\nawait cached(sum).removeAll()\nsum(1, 2)\nawait cached(plain).removeAll()\n",
    })
    expect(await it.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
    expect((await it.node(['out/forget.js'])).status).toBe(0)
    expect(Object.keys(it.tree('.deche')).filter((name) => name.endsWith('.code'))).toHaveLength(1)
    expect((await deche(it, 'explain', 'plain')).stdout).toContain('No stored entries.')
  })
})

describe('deche check', () => {
  test('warns of entries that other code made, unless a version says who decides', async () => {
    const it = await project()
    expect((await deche(it, 'check')).status).toBe(0)
    it.write({ 'src/sum.ts': SUM.replace('factor = 2', 'factor = 3') })
    const { status, stdout } = await deche(it, 'check')
    expect(status).toBe(1)
    expect(plainText(stdout)).toContain(
      'src/sum.ts:7:17 warning DECHE1080: the code of plain has changed since stored entries of it were made (<when>), and they still answer.',
    )
    expect(stdout.match(/DECHE1080/g)).toHaveLength(1)
    it.write({
      'src/sum.ts': SUM.replace('factor = 2', 'factor = 3').replace('/** @deche */', '/** @deche version=2 */'),
    })
    expect((await deche(it, 'check')).status).toBe(0)
  })
})

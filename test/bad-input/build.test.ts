import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtTransformer, type Outcome, Project } from '../helpers/project.js'

/** What a user reads in the terminal when a tag is wrong: all of it, from the patched compiler. */

const files = {
  'src/option.ts': `/** @deche tll=7d */
export const option = (x: number) => x
`,
  'src/ignore.ts': `/** @deche ignore=singal */
export function wait(ms: number, signal?: AbortSignal) { return [ms, signal?.aborted] }

/** @deche ignore=zzzzzzzz */
export function pause(ms: number, signal?: AbortSignal) { return [ms, signal?.aborted] }

/** @deche redact=x */
export function now() { return 1 }
`,
  'src/duration.ts': `/** @deche ttl=7 */
export const bare = (x: number) => x

/** @deche ttl=7parsecs errors=5 */
export const odd = (x: number) => x
`,
  'src/no-function.ts': `/** @deche */
export const answer = 42

/** @deche */
export class Shop {
  /** @deche */
  name = 'corner'
}

/** @deche */
export interface Named { name: string }
`,
  'src/nothing.ts': `export const a = 1
/** @deche ttl=7d */
`,
  'src/twice.ts': `/** @deche name=shop.price */
export const price = (x: number) => x

/** @deche name=shop.price */
export function prices(x: number) { return x }
`,
  'src/first.ts': `/** @deche name=shop.total */
export const total = (x: number) => x
`,
  'src/second.ts': `/** @deche name=shop.total */
export const sum = (x: number) => x + 1
`,
  'src/sound.ts': `/** @deche ttl=1h */
export const sound = (x: number) => x
`,
}

describe('the patched compiler, of a project with mistakes in its tags', () => {
  let project: Project
  let outcome: Outcome

  beforeAll(async () => {
    builtTransformer()
    project = new Project({
      files: {
        ...files,
        'tsconfig.json': {
          compilerOptions: {
            target: 'es2022',
            module: 'nodenext',
            lib: ['es2022', 'dom'],
            types: [],
            strict: true,
            skipLibCheck: true,
            rootDir: 'src',
            outDir: 'out',
            plugins: [{ transform: 'deche/transformer' }],
          },
          include: ['src'],
        },
      },
    })
    outcome = await project.tspc()
  })

  afterAll(() => project.dispose())

  const printed = (file: string) => outcome.stdout.split('\n').filter((line) => line.startsWith(`src/${file}(`))

  test('the build fails, and prints nothing but the mistakes', () => {
    expect(outcome.status).toBe(2)
    expect(outcome.stderr).toBe('')
    const lines = outcome.stdout.trimEnd().split('\n')
    expect(lines.filter((line) => !/^src\/[a-z-]+\.ts\(\d+,\d+\): error TS99\d{4}: DECHE\d{4}: /.test(line))).toEqual(
      [],
    )
  })

  test('an unknown option: the nearest one is offered', () => {
    expect(printed('option.ts')).toEqual([
      "src/option.ts(1,12): error TS991003: DECHE1003: 'tll' is not an option of the tag. Did you mean 'ttl'?",
    ])
  })

  test('an unknown parameter: the nearest one is offered, or all there are', () => {
    expect(printed('ignore.ts')).toEqual([
      "src/ignore.ts(1,19): error TS991004: DECHE1004: ignore: wait has no parameter 'singal'. Did you mean 'signal'?",
      "src/ignore.ts(4,19): error TS991004: DECHE1004: ignore: pause has no parameter 'zzzzzzzz'. Use ms or signal.",
      "src/ignore.ts(7,19): error TS991004: DECHE1004: redact: now has no parameter 'x'. Use no names: it has no parameters.",
    ])
  })

  test('a duration without a unit, or with one that does not exist', () => {
    expect(printed('duration.ts')).toEqual([
      "src/duration.ts(1,16): error TS991006: DECHE1006: ttl: '7' needs a unit: write 7s, 7m, 7h or 7d. Correct the value of ttl.",
      "src/duration.ts(4,16): error TS991006: DECHE1006: ttl: '7parsecs' must be a duration such as 500ms, 90s, 1.5h or 7d, or an instant such as 2027-01-01 or 2027-01-01T00:00Z. Correct the value of ttl.",
      "src/duration.ts(4,32): error TS991006: DECHE1006: errors: '5' needs a unit: write 5s, 5m, 5h or 5d. Correct the value of errors.",
    ])
  })

  test('a tag on something that is no function says what it is on', () => {
    expect(printed('no-function.ts')).toEqual([
      'src/no-function.ts(1,5): error TS991001: DECHE1001: this tag annotates no function: what follows is no function. Put it in front of the declaration of a function or method.',
      'src/no-function.ts(4,5): error TS991001: DECHE1001: this tag annotates no function: what follows is a class. Put it in front of each method that is to be cached.',
      'src/no-function.ts(6,7): error TS991001: DECHE1001: this tag annotates no function: what follows is no function. Put it in front of the declaration of a function or method.',
      'src/no-function.ts(10,5): error TS991001: DECHE1001: this tag annotates no function: what follows is a type. Put it in front of the declaration of a function or method.',
    ])
  })

  test('a tag that annotates nothing', () => {
    expect(printed('nothing.ts')).toEqual([
      'src/nothing.ts(2,5): error TS991001: DECHE1001: this tag annotates no function: nothing follows it. Put it in front of the declaration of a function or method.',
    ])
  })

  test('two functions with one id, in one file and in two', () => {
    expect(printed('twice.ts')).toEqual([
      'src/twice.ts(5,17): error TS991015: DECHE1015: the id shop.price is taken by the function on line 2. Rename one of the functions, or give it name= in its tag.',
    ])
    expect([...printed('first.ts'), ...printed('second.ts')]).toEqual([
      'src/second.ts(2,14): error TS991040: DECHE1040: the id shop.total is taken by the function at src/first.ts:2. Rename one of the functions, or give it name= in its tag.',
    ])
  })

  test('what has no mistake is compiled all the same, what has one is left as it was', () => {
    expect(project.read('out/sound.js')).toContain('"demo.src.sound.sound"')
    expect(project.read('out/option.js')).toContain('export const option = (x) => x;')
    expect(project.read('out/option.js')).not.toContain('$deche')
  })
})

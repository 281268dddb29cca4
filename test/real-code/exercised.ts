import type { Project } from '../helpers/project.js'
import type { RealPackage } from './packages.js'

const PROGRAMS = ['exercise.mjs', 'describe.mjs', 'generated-values.mjs'] as const

export interface Exercised {
  /** Place of a call, and what came of it, as text. */
  readonly outcomes: readonly string[]
  /** Outcomes that are no exceptions. */
  readonly results: number
  readonly hits: number
}

/** Puts the programs that `exercise` runs into a project. */
export function addExercise(project: Project, read: (program: string) => string): void {
  project.write(Object.fromEntries(PROGRAMS.map((program) => [program, read(program)])))
}

/** Calls all that a build exports, in a process of its own. `mode` is that of the cache that tags name. */
export async function exercise(
  project: Project,
  pack: RealPackage,
  build: 'plain' | 'tagged',
  mode: 'off' | 'on',
): Promise<Exercised> {
  const modules = pack.entries.map((entry) => `./${build}/${entry}.js`)
  const without = JSON.stringify(Object.keys(pack.notCalled))
  const { status, stdout, stderr } = await project.node(
    ['--no-warnings', 'exercise.mjs', 'seed', mode, without, ...modules],
    { DECHE_MODE: '', FORCE_COLOR: '0' },
  )
  if (status !== 0) throw new Error(`the ${build} build of ${pack.name} ended with ${status}: ${stderr}`)
  const lines = stdout.trimEnd().split('\n')
  const { stats } = JSON.parse(lines.pop() ?? '') as { stats: { hits: number } }
  return { outcomes: lines, results: lines.filter((line) => !line.includes('"throws ')).length, hits: stats.hits }
}

import { readFileSync, statSync } from 'node:fs'
import { type ModuleOf, moduleOf } from '../module-id.js'
import { parse } from '../syntax/parse.js'
import type { Graph } from './graph.js'
import { ModuleCode } from './module-code.js'
import { Resolver } from './resolve.js'

interface Known {
  /** Changes whenever the file does. */
  readonly revision: string
  readonly code: ModuleCode | undefined
}

/** Parsed files of the whole process, so that a long-lived compiler reads again only what changed. */
const known = new Map<string, Known>()

/** The files of one build: what is asked twice is looked up once. Make a new one for each build. */
export class CodeFiles {
  readonly resolver = new Resolver()
  /** The pieces of the build, once somebody asked: see `graphOf`. */
  graph: Graph | undefined
  readonly #seen = new Map<string, ModuleCode | undefined>()
  readonly #modules = new Map<string, ModuleOf>()
  #revision = 0

  /** Another number after each change of what is known of the files. */
  get revision(): number {
    return this.#revision
  }

  /** The package and the path that a file is called by. */
  moduleOf(file: string): ModuleOf {
    const found = this.#modules.get(file) ?? moduleOf(file)
    this.#modules.set(file, found)
    return found
  }

  /** A text that counts in place of the file: what a front end has in hand. */
  add(code: ModuleCode): void {
    if (this.#seen.has(code.file) && this.#seen.get(code.file) !== code) this.#revision++
    this.#seen.set(code.file, code)
  }

  /** `undefined`: it cannot be read, or has syntax errors. Then its bytes count. */
  code(file: string): ModuleCode | undefined {
    if (!this.#seen.has(file)) this.#seen.set(file, read(file))
    return this.#seen.get(file)
  }

  /** The file, if a text is what it holds: most front ends have in hand what others read from the disk. */
  withText(file: string, text: string): ModuleCode | undefined {
    const code = this.code(file)
    return code?.text === text ? code : undefined
  }
}

function read(file: string): ModuleCode | undefined {
  try {
    const { mtimeNs, ctimeNs, size, ino } = statSync(file, { bigint: true })
    const revision = [mtimeNs, ctimeNs, size, ino].join(' ')
    const before = known.get(file)
    if (before?.revision === revision) return before.code
    const text = readFileSync(file, 'utf8')
    const parsed = parse(file, text)
    const code = parsed && new ModuleCode(file, text, parsed)
    known.set(file, { revision, code })
    return code
  } catch {
    return undefined
  }
}

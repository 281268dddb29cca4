/** What the arguments of `deche build` say, as far as deche must know: the compiler gets them as they are. */
export interface BuildArguments {
  /** For the compiler, without `--watch`. */
  readonly all: readonly string[]
  /** `-b`: the projects and all that they refer to. */
  readonly isBuild: boolean
  readonly watch: boolean
  /** As given: files or directories. None stands for the tsconfig.json of the working directory, or above. */
  readonly projects: readonly string[]
  /** Compiler options that count for more than those of the configuration. */
  readonly overrides: readonly string[]
  /** Whether the compiler only tells something, or removes what it wrote. */
  readonly compilesNothing: boolean
  readonly pretty: boolean | undefined
}

const TELLING = /^--?(?:version|v|help|h|all|init|showConfig|listFilesOnly|clean|dry|d)$/i
/** Options of `-b` that say how to build, not what to write. */
const OF_BUILD = /^--?(?:b|build|f|force|verbose|v|stopBuildOnErrors|builders)$/i
/** Options that do not change what is written, and that would disturb a look at the configuration. */
const OF_OUTPUT =
  /^--?(?:w|watch|pretty|listFiles|listEmittedFiles|diagnostics|extendedDiagnostics|explainFiles|traceResolution|preserveWatchOutput|noErrorTruncation)$/i
const WITH_VALUE = /^--?(?:p|project|builders)$/i
const BOOLEAN = /^(?:true|false)$/

/** Throws for what deche cannot follow. */
export function buildArguments(given: readonly string[]): BuildArguments {
  const isBuild = /^--?b(?:uild)?$/i.test(given[0] ?? '')
  const all: string[] = []
  const projects: string[] = []
  const overrides: string[] = []
  let watch = false
  let compilesNothing = false
  let pretty: boolean | undefined
  for (let at = 0; at < given.length; at++) {
    const word = given[at] ?? ''
    const next = given[at + 1]
    const values =
      WITH_VALUE.test(word) || (isFlag(word) && BOOLEAN.test(next ?? '')) ? given.slice(at + 1, at + 2) : []
    at += values.length
    const isOn = values[0] !== 'false'
    if (/^--?w(?:atch)?$/i.test(word)) {
      watch = isOn
      continue
    }
    all.push(word, ...values)
    if (word.startsWith('@'))
      throw new Error(`'${word}': files of arguments are not read; give the arguments themselves`)
    // `-v` asks for the version, but with -b it is --verbose, and `-d` is --declaration but for -b.
    if (TELLING.test(word) && isOn && (isBuild ? !/^--?v$/i.test(word) : !/^--?d(?:ry)?$/i.test(word)))
      compilesNothing = true
    if (/^--?pretty$/i.test(word)) pretty = isOn
    if (/^--?p(?:roject)?$/i.test(word)) projects.push(...values)
    else if (OF_BUILD.test(word) || OF_OUTPUT.test(word)) continue
    else if (isFlag(word)) overrides.push(word, ...values)
    else if (isFlag(given[at - 1] ?? '') && !OF_BUILD.test(given[at - 1] ?? '') && !OF_OUTPUT.test(given[at - 1] ?? ''))
      overrides.push(word)
    else if (isBuild) projects.push(word)
    else throw new Error(`'${word}': deche build compiles projects, not files; say which with -p`)
  }
  return { all, isBuild, watch, projects, overrides, compilesNothing, pretty }
}

function isFlag(word: string): boolean {
  return word.startsWith('-')
}

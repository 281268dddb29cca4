/** A call of the compiler in a line of shell. */
export interface CompilerCall {
  /** Where its word begins. */
  readonly at: number
  readonly word: 'tsc' | 'tspc'
  /** What stands in front of it in its command is known to run it; otherwise nobody knows whether it is a call. */
  readonly certain: boolean
  readonly args: readonly string[]
}

/** Programs that run the command that follows them, and words of theirs. */
const LAUNCHERS = new Set(
  'npx pnpx bunx npm pnpm yarn bun x exec dlx run cross-env env time nice dotenv nodemon concurrently'.split(' '),
)

/**
 * The calls of `tsc` and `tspc` as words of their own: not `vue-tsc`, `tsc-alias`, `npm run tsc`. Commands in quotes
 * (`concurrently "tsc -w" "node ."`) are looked at too.
 */
export function compilerCalls(line: string, scripts: ReadonlySet<string>): CompilerCall[] {
  return Array.from(line.matchAll(WORD)).flatMap((match) => {
    const word = match[1] === 'tspc' ? 'tspc' : 'tsc'
    const at = match.index + match[0].length - word.length
    const start = commandStart(line, match.index)
    const before = line.slice(start, match.index).replace(QUOTED, '_').trim().split(/\s+/).filter(Boolean)
    if (/^(?:echo|printf|rm|rimraf|cd|mkdir)$/.test(before[0] ?? '') || isScript(before, scripts.has(word))) return []
    const certain = before.every(isOfLauncher) && !/(?:^|[\s&;(])cd\s/.test(line.slice(0, start))
    return [{ at, word, certain, args: argumentsOf(line.slice(at + word.length)) }]
  })
}

const WORD = /(?<![\w.@:/\\=-])(?:(?:[.\w-]*[\\/])*node_modules[\\/]\.bin[\\/])?(tsc|tspc)(?![\w.:/\\=-])/g

const QUOTED = /"[^"]*"|'[^']*'/g

/** `npm run tsc` is a script; `yarn tsc` is one if there is one. */
function isScript(before: readonly string[], hasScript: boolean): boolean {
  const [program = '', next] = before
  if (/^(?:run-s|run-p|npm-run-all2?)$/.test(program)) return true
  if (program === 'npm') return next !== 'exec' && next !== 'x'
  return hasScript && /^(?:yarn|pnpm|bun)$/.test(program) && (next === undefined || next === 'run')
}

function isOfLauncher(word: string): boolean {
  return LAUNCHERS.has(word) || word.startsWith('-') || /^[A-Za-z_]\w*=/.test(word) || word.endsWith('.env')
}

/** Where the command begins that a word is in: behind an operator, or behind the quote that the command is in. */
function commandStart(line: string, end: number): number {
  let start = 0
  let quote = ''
  for (let at = 0; at < end; at++) {
    const character = line[at] ?? ''
    if (character === quote) quote = ''
    else if (quote === '' && /["'`]/.test(character)) {
      quote = character
      // What quotes hold around the word is a command of its own, unless it is only printed.
      const isPrinted = /^\s*(?:echo|printf)\s/.test(line.slice(start, at))
      if (line.indexOf(character, at + 1) >= end && !isPrinted) start = at + 1
    } else if (/[&|;\n(]/.test(character)) start = at + 1
  }
  return start
}

function argumentsOf(rest: string): string[] {
  const end = rest.search(/[&|;\n)"'`]|\\"/)
  return (end === -1 ? rest : rest.slice(0, end)).split(/\s+/).filter(Boolean)
}

/** Options with which the compiler writes no JavaScript, or does something else than compile. */
const WITHOUT_OUTPUT = /^--?(?:noEmit|emitDeclarationOnly|listFilesOnly|showConfig|init|version|v|help|h|all|clean)$/i

/** Whether the compiler writes JavaScript for these arguments, as far as they say. */
export function emits({ args }: CompilerCall): boolean {
  return !args.some((arg, index) => WITHOUT_OUTPUT.test(arg) && args[index + 1] !== 'false')
}

export function isWatch({ args }: CompilerCall): boolean {
  return args.some((arg) => /^--?w(?:atch)?$/i.test(arg))
}

/** The configurations that a call names; `undefined` for source files, which the compiler takes without any. */
export function configsOf({ args }: CompilerCall): readonly string[] | undefined {
  const isBuild = /^--?b(?:uild)?$/i.test(args[0] ?? '')
  const named: string[] = []
  for (const [index, arg] of args.entries()) {
    const previous = args[index - 1] ?? ''
    if (/^--?p(?:roject)?$/i.test(previous)) named.push(arg)
    else if (arg.startsWith('-')) continue
    else if (isBuild && !isValue(previous)) named.push(arg)
    else if (/\.[cm]?[jt]sx?$/.test(arg)) return undefined
  }
  return named
}

/** Whether the word behind this one belongs to it, rather than being a project of `--build`. */
function isValue(option: string): boolean {
  return option.startsWith('-') && !/^--?(?:b|build|w|watch|v|verbose|f|force|d|dry|incremental|pretty)$/i.test(option)
}

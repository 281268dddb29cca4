import type { Diagnostic, Range } from './types.js'

/** Fact, then what to do. */
interface Text {
  readonly message: string
  readonly fix: string
}

/** Every diagnostic of the transformer: its stable code, and its text. */
const TABLE = {
  annotatesNothing: ['DECHE1001', (what: string, fix: string) => text(`this tag annotates no function: ${what}`, fix)],
  secondTag: [
    'DECHE1002',
    (name: string) => text(`${name} has a tag already`, 'Keep one @deche tag and put all its options there.'),
  ],
  unknownOption: [
    'DECHE1003',
    (word: string, nearest: string | undefined) =>
      text(
        `'${word}' is not an option of the tag`,
        nearest ? `Did you mean '${nearest}'?` : 'Remove it, or move prose above the tag.',
      ),
  ],
  unknownParameter: [
    'DECHE1004',
    (option: string, word: string, name: string, known: readonly string[], nearest: string | undefined) =>
      text(
        `${option}: ${name} has no parameter '${word}'`,
        nearest
          ? `Did you mean '${nearest}'?`
          : `Use ${known.length > 0 ? oneOf(known) : 'no names: it has no parameters'}.`,
      ),
  ],
  optionTwice: ['DECHE1005', (option: string) => text(`${option} is given twice`, 'Keep one of them.')],
  badValue: [
    'DECHE1006',
    (option: string, value: string, problem: string) =>
      text(`${option}: '${value}' ${problem}`, `Correct the value of ${option}.`),
  ],
  noValue: [
    'DECHE1007',
    (option: string, accepts: string) => text(`${option} has no value`, `Write ${option}=…: ${accepts}.`),
  ],
  switchWithValue: [
    'DECHE1008',
    (option: string) => text(`${option} is a switch and takes no value`, `Write ${option} alone, or remove it.`),
  ],
  notYet: ['DECHE1009', (option: string) => text(`${option} is not available yet`, `Remove ${option} for now.`)],
  notInTags: [
    'DECHE1010',
    (option: string) =>
      text(`${option} is an option of caches, not of tags`, `Give ${option} to a Cache or to configure().`),
  ],
  ignoredAndRedacted: [
    'DECHE1011',
    (word: string) =>
      text(`'${word}' is both ignored and redacted`, 'Keep redact if the result depends on it, else keep ignore.'),
  ],
  versionParameter: [
    'DECHE1012',
    () =>
      text(
        "version= and the parameter 'version' would be one input of the key",
        'Rename the parameter, or remove version= from the tag.',
      ),
  ],
  attrsWithoutThis: [
    'DECHE1013',
    (name: string) =>
      text(`attrs: ${name} has no 'this' of its own`, 'Remove attrs, or make it a method or a function expression.'),
  ],
  unknownPrivate: [
    'DECHE1014',
    (word: string, nearest: string | undefined) =>
      text(
        `attrs: the class has no private property '${word}'`,
        nearest ? `Did you mean '${nearest}'?` : `Declare ${word} in the class, or remove it from attrs.`,
      ),
  ],
  twoWithOneId: [
    'DECHE1015',
    (id: string, line: number) =>
      text(
        `the id ${id} is taken by the function on line ${line}`,
        'Rename one of the functions, or give it name= in its tag.',
      ),
  ],
  malformed: [
    'DECHE1016',
    (problem: string) => text(problem, 'Write options as name=value, values with spaces in quotes.'),
  ],
  nameTwice: [
    'DECHE1017',
    (option: string, word: string) => text(`${option} lists '${word}' twice`, 'Keep one of them.'),
  ],
  generator: [
    'DECHE1020',
    (name: string) =>
      text(`${name} is a generator, which cannot be cached yet`, 'Return an array instead, or remove the tag.'),
  ],
  setter: ['DECHE1021', (name: string) => text(`${name} is a setter, which has no result`, 'Remove the tag.')],
  constructor_: [
    'DECHE1022',
    () => text('a constructor has no result of its own', 'Tag a static method that makes the data it needs.'),
  ],
  readsArguments: [
    'DECHE1023',
    (name: string) =>
      text(
        `${name} reads 'arguments', which may hold more than its parameters`,
        'Declare what it needs as parameters, such as ...rest.',
      ),
  ],
  nested: [
    'DECHE1024',
    (name: string) =>
      text(
        `${name} is declared inside a function, loop or block, whose variables would be missing from its key`,
        'Move it to the top level of the module and pass what it needs as parameters.',
      ),
  ],
  computedName: [
    'DECHE1025',
    () => text('the name of this function is computed, so it has no fixed id', 'Give it a plain name.'),
  ],
  shadowedParameter: [
    'DECHE1026',
    (word: string) =>
      text(
        `'${word}' is declared again in the body of the function it is a parameter of`,
        `Rename one of the two '${word}'.`,
      ),
  ],
  directive: [
    'DECHE1027',
    (directive: string) =>
      text(`the directive '${directive}' and the tag cannot share a function`, 'Tag a function that this one calls.'),
  ],
  evaluates: [
    'DECHE1028',
    (name: string) =>
      text(`${name} calls eval, which could see and change what a cached body has not`, 'Do without eval.'),
  ],
  parameterTwice: ['DECHE1029', (word: string) => text(`two parameters are called '${word}'`, 'Rename one of them.')],
  noName: [
    'DECHE1030',
    () =>
      text(
        'this function has no name to make an id of',
        'Assign it to a variable or a property of a named object first, and tag it there.',
      ),
  ],
  idInOtherFile: [
    'DECHE1040',
    (id: string, place: string) =>
      text(
        `the id ${id} is taken by the function at ${place}`,
        'Rename one of the functions, or give it name= in its tag.',
      ),
  ],
  moduleFormat: [
    'DECHE1041',
    (format: string) =>
      text(
        `tagged functions cannot be compiled to ${format} modules`,
        'Set "module" in tsconfig.json to "nodenext", "esnext", "preserve" or "commonjs".',
      ),
  ],
  bodyReplaced: [
    'DECHE1042',
    (name: string) =>
      text(
        `another plugin replaced the body of ${name} before deche could see it`,
        'Put { "transform": "deche/transformer" } first in "plugins" in tsconfig.json.',
      ),
  ],
} as const satisfies Record<string, readonly [code: string, text: (...facts: never[]) => Text]>

type Table = typeof TABLE
export type DiagnosticName = keyof Table

/** All codes, for the guide and its tests. */
export const DIAGNOSTIC_CODES: Readonly<Record<DiagnosticName, string>> = Object.fromEntries(
  Object.entries(TABLE).map(([name, [code]]) => [name, code]),
) as Record<DiagnosticName, string>

/** One diagnostic of the table, at a range. */
export function diagnose<N extends DiagnosticName>(
  name: N,
  range: Range,
  ...facts: Parameters<Table[N][1]>
): Diagnostic {
  const [code, write] = TABLE[name] as readonly [string, (...facts: Parameters<Table[N][1]>) => Text]
  return { code, severity: 'error', ...write(...facts), range }
}

/** `src/a.ts:2:18 error DECHE1003: 'tll' is not an option of the tag. Did you mean 'ttl'?` Lines and columns count from 1. */
export function formatDiagnostic(diagnostic: Diagnostic, source: string, file: string): string {
  const { line, column } = positionOf(source, diagnostic.range[0])
  const { severity, code, message, fix } = diagnostic
  return `${file}:${line}:${column} ${severity} ${code}: ${message}. ${fix}`
}

/** Line and column, from 1, as editors count them. */
export function positionOf(source: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = source.slice(0, offset).split(/\r\n|[\n\r\u2028\u2029]/)
  const last = lines.at(-1) ?? ''
  const bom = lines.length === 1 && last.startsWith('\uFEFF') ? 1 : 0
  return { line: lines.length, column: last.length + 1 - bom }
}

function text(message: string, fix: string): Text {
  return { message, fix }
}

function oneOf(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

import { diagnose } from '../diagnostics.js'
import type { Node } from '../parse.js'
import { walk } from '../syntax.js'
import type { Diagnostic } from '../types.js'
import { accessesOf, isOnlyWritten, wrapped } from './expressions.js'
import { isForLogs } from './logs.js'
import { further, isEnvironment, isVariableOfEnvironment, ROOTS, type Way, wayTo } from './origins.js'
import { isInParameters, type Subject, withWords, wordsOf } from './subject.js'

type Kind = 'readsEnvironment' | 'readsClock' | 'readsRandomness'

/** A place where a function looks at the world: its environment, the time, randomness. */
export interface WorldRead {
  readonly kind: Kind
  /** As a message names it: `process.env.HOME`, `Date.now`. */
  readonly word: string
  /** What `ignore=` may say for it: this word, what it is part of, and what the file calls it. */
  readonly words: readonly string[]
  readonly node: Node
}

const THINGS: ReadonlyMap<string, Kind> = new Map([
  ['Deno.env', 'readsEnvironment'],
  ...['Date.now', 'performance.now', 'process.hrtime', 'Temporal.Now'].map((way) => [way, 'readsClock'] as const),
  ...['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues', 'randomFill', 'randomFillSync'].map(
    (name) => [`crypto.${name}`, 'readsRandomness'] as const,
  ),
  ['Math.random', 'readsRandomness'],
])

/** Too much to ignore in one word. */
const TOO_WIDE = new Set(['process', 'import', 'import.meta', 'Bun', 'Deno'])

/** Where a function, or a function in it, reads the environment, the clock, or randomness, in the order of the text. */
export function worldReads(subject: Subject): WorldRead[] {
  const { fn, scopes, text } = subject
  const found: WorldRead[] = []
  for (const free of scopes.freeNames(fn)) {
    // Most names of a function are other functions: no look at where they come from.
    const isGlobal = free.variable === undefined
    if (isGlobal && !ROOTS.has(free.name)) continue
    const way = wayTo(subject, free)
    if (way) found.push(...readsFrom(subject, free.node, way, isGlobal ? [] : [free.name]))
  }
  if (text.slice(fn.start, fn.end).includes('import.meta')) {
    walk(fn, (node) => {
      if (node.type === 'MetaProperty' && node.meta.name === 'import') {
        found.push(...readsFrom(subject, node, ['import', 'meta'], []))
      }
      return true
    })
  }
  return found.sort((a, b) => a.node.start - b.node.start)
}

/** What is read of the value of an expression to which a way leads. */
function readsFrom(subject: Subject, node: Node, way: Way, aliases: readonly string[]): WorldRead[] {
  const { tree } = subject
  const path = way.join('.')
  const kind = THINGS.get(path)
  if (kind) return read(subject, kind, way, node, aliases)
  if (path === 'Date') return [...dateReads(subject, node), ...below(subject, node, way, aliases)]
  if (isVariableOfEnvironment(way)) return read(subject, 'readsEnvironment', way, node, aliases)
  const inner = below(subject, node, way, aliases)
  const isWhole = isEnvironment(way) && (accessesOf(tree, node) ?? [UNKNOWN]).some(({ name }) => name === undefined)
  return isWhole ? [...read(subject, 'readsEnvironment', way, node, aliases), ...inner] : inner
}

const UNKNOWN = { name: undefined }

function below(subject: Subject, node: Node, way: Way, aliases: readonly string[]): WorldRead[] {
  return (accessesOf(subject.tree, node) ?? []).flatMap(({ name, node: inner }) =>
    name === undefined ? [] : readsFrom(subject, inner, further(way, name), aliases),
  )
}

/** `new Date()` and `Date()`, which takes no notice of arguments. */
function dateReads(subject: Subject, node: Node): WorldRead[] {
  const callee = wrapped(subject.tree, node)
  const call = subject.tree.parent(callee)
  const isCall = call?.type === 'CallExpression' && call.callee === callee
  const isNew = call?.type === 'NewExpression' && call.callee === callee && call.arguments.length === 0
  if (!isCall && !isNew) return []
  return [{ kind: 'readsClock', word: isNew ? 'new Date()' : 'Date()', words: ['Date'], node: call }]
}

function read(subject: Subject, kind: Kind, way: Way, node: Node, aliases: readonly string[]): WorldRead[] {
  if (isOnlyWritten(subject.tree, node)) return []
  const prefixes = way.map((_, index) => way.slice(0, index + 1).join('.')).filter((word) => !TOO_WIDE.has(word))
  const spelled = subject.text.slice(node.start, node.end).replaceAll('?.', '.')
  return [{ kind, word: way.join('.'), words: [...new Set([...prefixes.reverse(), ...aliases, spelled])], node }]
}

/** Warnings about reads that are neither ignored, nor for logs, nor the default of a parameter; one for each word. */
export function worldWarnings(subject: Subject, reads: readonly WorldRead[]): Diagnostic[] {
  const ignored = wordsOf(subject, 'ignore')
  const hasTtl = subject.tag.words.some((word) => word.name.text === 'ttl')
  const told = new Set<string>()
  return reads.flatMap(({ kind, word, words, node }) => {
    // `ttl=` says for how long what was true may be told; another environment is no matter of time.
    const isMeant = (hasTtl && kind !== 'readsEnvironment') || words.some((each) => ignored.includes(each))
    if (isMeant || told.has(word) || isInParameters(subject, node) || isForLogs({ ...subject, ignored }, node))
      return []
    told.add(word)
    return [
      diagnose(kind, [node.start, node.end], subject.name, word, withWords(subject, 'ignore', [pasteable(words)])),
    ]
  })
}

/** The nearest word that a tag can hold: `process.env` for `process.env['MY-NAME']`. */
function pasteable(words: readonly string[]): string {
  return words.find((word) => /^[\p{ID_Continue}$.]+$/u.test(word)) ?? words[0] ?? ''
}

import { closestMatch } from 'leven'
import { isOptionName, OPTIONS, type OptionName } from '../../runtime/config/options.js'
import { diagnose } from '../diagnostics.js'
import type { Binding, Diagnostic } from '../types.js'
import type { Tag, TagWord, Token } from './tag.js'

/** What an option's value may refer to. */
export interface OptionContext {
  /** The function's name, for messages. */
  readonly name: string
  /** The bound names of its parameters, and the variables around it that it captures. */
  readonly parameters: readonly string[]
  /** Whether it has a `this` of its own. */
  readonly hasThis: boolean
  readonly generator: boolean
  /** The private names of the classes around it, with `#`. */
  readonly privateNames: ReadonlySet<string>
  /** What it depends on besides its inputs, as `ignore=` may name it: `process.env.HOME`, a variable of the module. */
  readonly ambientWords: () => readonly string[]
  /** What the module's scope binds. */
  readonly scope: ReadonlyMap<string, Binding>
}

export interface TagOptions {
  readonly options: Readonly<Record<string, string | boolean | readonly string[]>>
  readonly refs: Readonly<Record<string, Binding>>
  readonly attrs: readonly string[]
  /** What `ignore=` names. */
  readonly ignored: ReadonlySet<string>
  readonly name: string | undefined
  readonly diagnostics: readonly Diagnostic[]
}

type Value = Token & { readonly items: readonly Token[] }

/** Checks the words of a tag against the option table and against the function they are about. */
export function readOptions(tag: Tag, context: OptionContext): TagOptions {
  const diagnostics: Diagnostic[] = [...tag.diagnostics]
  const given = new Map<OptionName, Value>()
  const seen = new Set<string>()
  for (const word of tag.words) {
    const problem = checkWord(word, seen)
    if (problem) diagnostics.push(problem)
    else if (isOptionName(word.name.text))
      given.set(word.name.text, { ...(word.value ?? word.name), items: word.items })
    seen.add(word.name.text)
  }
  diagnostics.push(...checkNames(given, context))
  return { ...settle(given, context), diagnostics }
}

function checkWord({ name, value, items }: TagWord, seen: ReadonlySet<string>): Diagnostic | undefined {
  if (!isOptionName(name.text)) {
    return diagnose('unknownOption', name.range, name.text, nearest(name.text, Object.keys(TAG_OPTIONS)))
  }
  const option = OPTIONS[name.text]
  if (seen.has(name.text)) return diagnose('optionTwice', name.range, name.text)
  if (option.allowed === 'cache') return diagnose('notInTags', name.range, name.text)
  if (option.kind === 'switch') return value && diagnose('switchWithValue', value.range, name.text)
  if (option.kind === 'switch or duration' && value === undefined) return undefined
  if (value === undefined || value.text === '') return diagnose('noValue', name.range, name.text, option.accepts)
  // Only here is there code that could be hashed.
  if (name.text === 'version' && value.text === 'auto') return undefined
  const parsed = option.parse(option.kind === 'names' ? items.map((item) => item.text).join(',') : value.text)
  return parsed.ok ? undefined : diagnose('badValue', value.range, name.text, value.text, parsed.problem)
}

const TAG_OPTIONS = Object.fromEntries(Object.entries(OPTIONS).filter(([, option]) => option.allowed !== 'cache'))

/** What a generator cannot have, and why. */
const OF_GENERATORS = [
  ['output', 'whose items are kept one by one'],
  ['errors', 'whose exceptions are never kept'],
  ['stale', 'whose items are recorded as they are taken'],
  ['lock', 'which runs as long as its consumer takes'],
] as const

function checkNames(given: ReadonlyMap<OptionName, Value>, context: OptionContext): Diagnostic[] {
  const [ignore, redact, attrs] = (['ignore', 'redact', 'attrs'] as const).map(
    (option) => given.get(option)?.items ?? [],
  )
  const found: Diagnostic[] = []
  const attributes = (attrs ?? []).map((item) => `this.${item.text}`)
  for (const [option, items] of [
    ['ignore', ignore],
    ['redact', redact],
    ['attrs', attrs],
  ] as const) {
    for (const [index, item] of (items ?? []).entries()) {
      const earlier = items?.slice(0, index).some((other) => other.text === item.text)
      if (earlier) found.push(diagnose('nameTwice', item.range, option, item.text))
      else if (option !== 'attrs') found.push(...checkParameter(option, item, attributes, context))
    }
  }
  for (const item of redact ?? []) {
    if (ignore?.some((other) => other.text === item.text))
      found.push(diagnose('ignoredAndRedacted', item.range, item.text))
  }
  const version = given.get('version')
  if (version && context.parameters.includes('version')) found.push(diagnose('versionParameter', version.range))
  for (const [option, what] of context.generator ? OF_GENERATORS : []) {
    const value = given.get(option)
    if (value) found.push(diagnose('optionOfGenerator', value.range, option, context.name, what))
  }
  return [...found, ...checkAttrs(given.get('attrs'), context)]
}

/** `ignore=this.x` is no mistake without `attrs=x`, nor `ignore=process.env`: it says that the result does not depend on it. */
function checkParameter(
  option: 'ignore' | 'redact',
  item: Token,
  attributes: readonly string[],
  { name, parameters, hasThis, ambientWords }: OptionContext,
): Diagnostic[] {
  const known = [...parameters, ...attributes]
  const isSilenced = option === 'ignore' && hasThis && item.text.startsWith('this.')
  if (known.includes(item.text) || isSilenced) return []
  const ambient = option === 'ignore' ? ambientWords() : []
  if (ambient.includes(item.text)) return []
  return [
    diagnose(
      'unknownParameter',
      item.range,
      option,
      item.text,
      name,
      known,
      nearest(item.text, [...known, ...ambient]),
    ),
  ]
}

function checkAttrs(attrs: Value | undefined, { name, hasThis, privateNames }: OptionContext): Diagnostic[] {
  if (attrs === undefined) return []
  if (!hasThis) return [diagnose('attrsWithoutThis', attrs.range, name)]
  return attrs.items
    .filter((item) => item.text.startsWith('#') && !privateNames.has(item.text))
    .map((item) => diagnose('unknownPrivate', item.range, item.text, nearest(item.text, [...privateNames])))
}

function settle(given: ReadonlyMap<OptionName, Value>, context: OptionContext): Omit<TagOptions, 'diagnostics'> {
  const { scope } = context
  const options: Record<string, string | boolean | readonly string[]> = {}
  const refs: Record<string, Binding> = {}
  for (const [option, value] of given) {
    const { kind } = OPTIONS[option]
    const binding = kind === 'reference' ? scope.get(value.text) : undefined
    if (binding) refs[option] = binding
    else if (kind === 'switch' || (kind === 'switch or duration' && value.text === option)) options[option] = true
    else if (option === 'ignore') {
      const inputs = inputsOf(value, given.get('attrs'), context)
      // A list that only silences warnings must not take the place of one that the cache has.
      if (inputs.length > 0) options[option] = inputs
    } else if (kind === 'names') options[option] = value.items.map((item) => item.text)
    else options[option] = value.text
  }
  const { name, attrs, ...rest } = options
  return {
    options: rest,
    refs,
    attrs: Array.isArray(attrs) ? attrs : [],
    ignored: new Set(given.get('ignore')?.items.map((item) => item.text)),
    name: typeof name === 'string' ? name : undefined,
  }
}

/** What `ignore=` takes out of the key. Its other words are for the build alone. */
function inputsOf(ignore: Value, attrs: Value | undefined, { parameters }: OptionContext): string[] {
  const attributes = attrs?.items.map((item) => `this.${item.text}`) ?? []
  return ignore.items.map((item) => item.text).filter((word) => [...parameters, ...attributes].includes(word))
}

/** The word that was meant, if one is near enough: at most two letters off, and not every letter. */
function nearest(word: string, candidates: readonly string[]): string | undefined {
  const maxDistance = Math.max(1, Math.min(2, word.length - 1))
  return closestMatch(word, candidates, { maxDistance })
}

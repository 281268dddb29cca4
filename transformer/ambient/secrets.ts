import { diagnose } from '../diagnostics.js'
import { keyName } from '../site/params.js'
import type { Node } from '../syntax/parse.js'
import type { SyntaxTree } from '../syntax/tree.js'
import type { Diagnostic, Range } from '../types.js'
import { selfOf } from './members.js'
import { itemsOf, type Subject, withWords, wordsOf } from './subject.js'

const SECRETS = new Set(
  (
    'password passwd passphrase secret token credential credentials bearer authorization jwt apikey accesskey ' +
    'privatekey secretkey authkey signingkey encryptionkey accesstoken authtoken clientsecret'
  ).split(' '),
)

/** Words before `key` that make a secret of it. */
const KEYS = new Set(['api', 'access', 'private', 'secret', 'auth', 'signing', 'encryption'])

/** Behind the word for a secret, these change nothing: `tokenValue`, `authorizationHeader`. */
const TAILS = new Set(['value', 'string', 'text', 'header', 'plain', 'raw'])

/** In front of it, these make a yes or no, or a counted thing, of it. */
const QUESTIONS =
  /^(?:is|has|had|should|can|needs?|no|use|uses|with|without|require[sd]?|show|hide|allow|next|prev|previous|page|cancel\w*)$/

/** Whether a name says that it holds a secret: `apiKey`, `API_KEY`, `userPassword`; not `tokens`, `tokenizer`, `hasToken`. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([\p{Ll}\d])(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1$2 ')
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.toLowerCase().replace(/\d+$/, ''))
    .filter((word) => word !== '')
  while (words.length > 1 && TAILS.has(words.at(-1) ?? '')) words.pop()
  if (QUESTIONS.test(words[0] ?? '') || (words.length > 1 && QUESTIONS.test(words.at(-2) ?? ''))) return false
  const [before = '', last = ''] = [words.at(-2), words.at(-1)]
  return SECRETS.has(last) || (last === 'key' && KEYS.has(before))
}

/** Something whose name says secret, and that the stored inputs would show. */
interface Secret {
  readonly word: string
  readonly range: Range
}

/** Warnings about parameters, captured variables and attributes that hold secrets, one for each. */
export function secretWarnings(subject: Subject): Diagnostic[] {
  const settled = new Set([...wordsOf(subject, 'ignore'), ...wordsOf(subject, 'redact')])
  const secrets = [...parametersOf(subject), ...capturesOf(subject), ...attributesOf(subject)].filter(
    ({ word }) => !settled.has(word),
  )
  const redact = withWords(
    subject,
    'redact',
    secrets.map(({ word }) => word),
  )
  return secrets.map(({ word, range }) => diagnose('secret', range, word, redact, withWords(subject, 'ignore', [word])))
}

function parametersOf({ parameters, fn, scopes, tree, text }: Subject): Secret[] {
  return parameters.filter(isSecretName).flatMap((word) => {
    const variable = scopes.variableOf(fn, word)
    const name = variable && scopes.definitionOf(variable)?.name
    if (name?.type !== 'Identifier') return []
    const target = tree.parent(name)
    const initial = target?.type === 'AssignmentPattern' && target.left === name ? target.right : undefined
    if (!mayBeText(text, name.typeAnnotation ?? typeInPattern(tree, name), initial)) return []
    return [{ word, range: [name.start, name.start + word.length] }]
  })
}

function capturesOf({ captures, fn, scopes, text }: Subject): Secret[] {
  const words = captures.filter(isSecretName)
  if (words.length === 0) return []
  const free = scopes.freeNames(fn)
  return words.flatMap((word) => {
    const use = free.find(({ name }) => name === word)
    const declared = use?.variable && scopes.definitionOf(use.variable)?.name
    const type = declared?.type === 'Identifier' ? (declared.typeAnnotation ?? undefined) : undefined
    if (use === undefined || !mayBeText(text, type, undefined)) return []
    return [{ word, range: [use.node.start, use.node.start + word.length] }]
  })
}

function attributesOf(subject: Subject): Secret[] {
  const items = itemsOf(subject, 'attrs').filter(({ text }) => isSecretName(text))
  if (items.length === 0) return []
  const { members } = selfOf(subject.tree, subject.scopes, subject.fn)
  return items.flatMap(({ text, range }) => {
    const member = members.get(text)
    const { type, initial } = member?.kind === 'attribute' ? member : {}
    return mayBeText(subject.text, type, initial) ? [{ word: `this.${text}`, range }] : []
  })
}

/** A type that says nothing of text, or another value as default, is no password. */
function mayBeText(text: string, type: Node | undefined, initial: Node | undefined): boolean {
  if (type) {
    const inner = type.type === 'TSTypeAnnotation' ? type.typeAnnotation : type
    if (inner.type === 'TSFunctionType') return false
    return /\b(?:string|any|unknown)\b/.test(text.slice(inner.start, inner.end))
  }
  return initial?.type !== 'Literal' || typeof initial.value === 'string' || initial.value === null
}

/** What the type of the pattern around a bound name says of its property; or of all that a rest parameter gathers. */
function typeInPattern(tree: SyntaxTree, name: Node): Node | undefined {
  const target = tree.parent(name)
  if (target?.type === 'RestElement') return target.typeAnnotation ?? undefined
  const property = target?.type === 'AssignmentPattern' ? tree.parent(target) : target
  const pattern = property && tree.parent(property)
  if (property?.type !== 'Property' || pattern?.type !== 'ObjectPattern') return undefined
  const type = pattern.typeAnnotation?.typeAnnotation
  if (type?.type !== 'TSTypeLiteral') return undefined
  const key = keyName(property.key)
  const member = type.members.find((each) => each.type === 'TSPropertySignature' && keyName(each.key) === key)
  return member?.type === 'TSPropertySignature' ? (member.typeAnnotation ?? undefined) : undefined
}

import { diagnose } from '../diagnostics.js'
import type { Node } from '../syntax/parse.js'
import type { Variable } from '../syntax/scopes.js'
import { bare, type FunctionNode, isFunction, walk } from '../syntax/tree.js'
import type { Diagnostic } from '../types.js'
import { accessesOf, isDropped, isOnlyWritten, propertyName, wrapped } from './expressions.js'
import { isForLogs } from './logs.js'
import { type Self, selfOf } from './members.js'
import { isInParameters, type Subject, withWords, wordsOf } from './subject.js'

/**
 * What a function reads of `this` that is neither in `attrs` nor ignored, its own methods and getters followed: one warning
 * for all of it, at the first. Or, if nothing of `this` is in the key and it goes elsewhere as a whole, one about that.
 */
export function thisWarnings(subject: Subject): Diagnostic[] {
  const { hasThis, text, fn } = subject
  if (!hasThis || !text.slice(fn.start, fn.end).includes('this') || wordsOf(subject, 'ignore').includes('this'))
    return []
  const reads = new Reads(subject)
  const [first] = reads.attributes.values()
  if (first !== undefined) {
    const names = [...reads.attributes.keys()]
    const words = names.map((name) => `this.${name}`)
    const [attrs, ignore] = [withWords(subject, 'attrs', names), withWords(subject, 'ignore', words)]
    return [diagnose('readsThis', [first.start, first.end], subject.name, words, attrs, ignore)]
  }
  if (reads.whole === undefined || reads.self.isStatic || wordsOf(subject, 'attrs').length > 0) return []
  return [diagnose('passesThis', [reads.whole.start, reads.whole.end], subject.name)]
}

/** What functions have. */
const BINDERS = new Set(['bind', 'call', 'apply'])

/** What every class has of itself. */
const OF_CLASSES = new Set(['prototype', 'name', 'length'])

/** The reading of `this` in a function and in the members that it uses. */
class Reads {
  readonly self: Self
  /** By name; where in the tagged function the first read of it is, or what led to it. */
  readonly attributes = new Map<string, Node>()
  whole: Node | undefined
  readonly #subject: Subject
  readonly #settled: ReadonlySet<string>
  readonly #ignored: readonly string[]
  readonly #followed = new Set<FunctionNode>()

  constructor(subject: Subject) {
    this.#subject = subject
    this.self = selfOf(subject.tree, subject.scopes, subject.fn)
    this.#ignored = wordsOf(subject, 'ignore')
    this.#settled = new Set([
      ...wordsOf(subject, 'attrs'),
      ...this.#ignored.flatMap((word) => (word.startsWith('this.') ? [word.slice('this.'.length)] : [])),
    ])
    this.#follow(subject.fn, undefined)
  }

  /** `at`: the place in the tagged function that led here. */
  #follow(fn: FunctionNode, at: Node | undefined): void {
    if (this.#followed.has(fn)) return
    this.#followed.add(fn)
    const written = writtenFirst(fn)
    walk(fn, (node) => {
      if (node.type === 'ThisExpression' && !(at === undefined && isInParameters(this.#subject, node))) {
        this.#use(node, at, written)
      }
      // Others have a `this` of their own.
      return node === fn || node.type === 'ArrowFunctionExpression' || !(isFunction(node) || node.type === 'ClassBody')
    })
  }

  #use(self: Node, at: Node | undefined, written: ReadonlyMap<string, number>): void {
    const { tree } = this.#subject
    const accesses = accessesOf(tree, self)
    if (accesses === undefined) {
      this.#useWhole(self, at, written)
      return
    }
    for (const { name, node, isExpression } of accesses) {
      if (name === undefined) this.#addWhole(self, at)
      else if (!isExpression || !isOnlyWritten(tree, node)) {
        const end = written.get(name)
        if (end === undefined || node.start < end) this.#read(name, node, isExpression, at)
      }
    }
  }

  #read(name: string, node: Node, isExpression: boolean, at: Node | undefined): void {
    if (this.#settled.has(name) || this.attributes.has(name)) return
    const member = this.self.members.get(name)
    const isInherited = name === 'constructor' || (this.self.isStatic && OF_CLASSES.has(name))
    if (member === undefined && (isInherited || (isExpression && this.#isCalled(node)))) return
    if (this.#isForLogs(node)) return
    if (member?.kind === 'method' || (member?.kind === 'getter' && member.fn)) {
      if (member.fn) this.#follow(member.fn, at ?? node)
      // What an abstract method reads is up to the subclass.
      const isOpen = !member.fn || isOverridden(this.#subject, name)
      if (isOpen && !this.#isCallForEffect(node)) this.#addWhole(node, at)
      return
    }
    // A function that is called has no key that `attrs` could use, and a name that a tag cannot hold none at all.
    const isUsable = /^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    if (
      (member?.kind === 'attribute' && member.isConstant) ||
      !isUsable ||
      (isExpression && (this.#isCalled(node) || this.#isForEffect(node)))
    )
      return
    // The private name of another class is none that the tag could hold.
    if (member?.inherited && name.startsWith('#')) this.#addWhole(node, at)
    else this.attributes.set(name, at ?? node)
  }

  /** `this.x()`, and `this.x.bind(this)`, which is as much as to say that it is a function. */
  #isCalled(node: Node): boolean {
    const { tree } = this.#subject
    const callee = wrapped(tree, node)
    const parent = tree.parent(callee)
    if (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') return parent.callee === callee
    if (parent?.type === 'TaggedTemplateExpression') return parent.tag === callee
    const [access] = accessesOf(tree, node) ?? []
    return access?.isExpression === true && BINDERS.has(access.name ?? '')
  }

  /** `this.rows.push(row)`, whose value nobody takes. */
  #isForEffect(node: Node): boolean {
    const { tree } = this.#subject
    const [access] = accessesOf(tree, node) ?? []
    if (!access?.isExpression) return false
    return this.#isCallForEffect(access.node) || this.#isForEffect(access.node)
  }

  /** `this.begin()`, whose value nobody takes. */
  #isCallForEffect(node: Node): boolean {
    const { tree } = this.#subject
    const callee = wrapped(tree, node)
    const call = tree.parent(callee)
    return call?.type === 'CallExpression' && call.callee === callee && isDropped(tree, call)
  }

  /** `const self = this` is followed; a comparison is no use of what is in it. */
  #useWhole(self: Node, at: Node | undefined, written: ReadonlyMap<string, number>): void {
    const { tree, scopes } = this.#subject
    const value = wrapped(tree, self)
    const parent = tree.parent(value)
    if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') {
      const [alias]: readonly (Variable | undefined)[] = scopes.declaredBy(parent)
      for (const use of alias === undefined ? [] : scopes.usesOf(alias)) this.#use(use.node, at, written)
      return
    }
    const isHarmless =
      isBindingOfOwn(parent) ||
      parent?.type === 'BinaryExpression' ||
      parent?.type === 'UnaryExpression' ||
      parent?.type === 'ExpressionStatement' ||
      (parent?.type === 'NewExpression' && parent.callee === value)
    if (!isHarmless && !this.#isForLogs(self)) this.#addWhole(self, at)
  }

  #addWhole(self: Node, at: Node | undefined): void {
    this.whole ??= at ?? self
  }

  #isForLogs(node: Node): boolean {
    return isForLogs({ ...this.#subject, ignored: this.#ignored }, node)
  }
}

/** Whether a class of the file extends the one around a function, and has a member of this name for itself. */
function isOverridden({ tree, fn }: Subject, name: string): boolean {
  const around = [...tree.ancestors(fn)]
  const own = around.find((node) => node.type === 'ClassDeclaration' || node.type === 'ClassExpression')
  const ownName = own && 'superClass' in own ? own.id?.name : undefined
  const program = around.at(-1)
  let found = false
  if (ownName !== undefined && program !== undefined) {
    walk(program, (node) => {
      found ||= overrides(node, ownName, name)
      return !found
    })
  }
  return found
}

function overrides(node: Node, extended: string, name: string): boolean {
  if ((node.type !== 'ClassDeclaration' && node.type !== 'ClassExpression') || !node.superClass) return false
  const parent = bare(node.superClass)
  if (parent.type !== 'Identifier' || parent.name !== extended) return false
  return node.body.body.some((each) => 'key' in each && propertyName(each.key, each.computed) === name)
}

/** `this.help.bind(this)`, `this.help.call(this, x)`: `this.help` is looked at by itself. */
function isBindingOfOwn(node: Node | undefined): boolean {
  const callee = node?.type === 'CallExpression' ? bare(node.callee) : undefined
  if (callee?.type !== 'MemberExpression' || !BINDERS.has(propertyName(callee.property, callee.computed) ?? ''))
    return false
  const method = bare(callee.object)
  return method.type === 'MemberExpression' && bare(method.object).type === 'ThisExpression'
}

/** Attributes that a function sets in a statement of its own before it can read them, and where. */
function writtenFirst({ body }: FunctionNode): ReadonlyMap<string, number> {
  const written = new Map<string, number>()
  if (body?.type !== 'BlockStatement') return written
  for (const statement of body.body) {
    const expression = statement.type === 'ExpressionStatement' ? bare(statement.expression) : undefined
    if (expression?.type !== 'AssignmentExpression' || expression.operator !== '=') continue
    const { left } = expression
    if (left.type !== 'MemberExpression' || left.object.type !== 'ThisExpression' || left.computed) continue
    const name = `${left.property.type === 'PrivateIdentifier' ? '#' : ''}${left.property.name}`
    if (!written.has(name)) written.set(name, expression.end)
  }
  return written
}

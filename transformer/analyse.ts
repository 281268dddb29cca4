import { boundNames } from '../runtime/call/site.js'
import { ambientWarnings, ambientWords, type Subject } from './ambient/warnings.js'
import { ModuleCode, ownCode } from './code/index.js'
import { diagnose, positionOf } from './diagnostics.js'
import { bodyOf, mayConstruct, refusals, sharesParams } from './site/body.js'
import { capturesOf } from './site/captures.js'
import { paramsOf } from './site/params.js'
import { nameOf } from './site/site-name.js'
import { moduleScope } from './syntax/bindings.js'
import { moduleSyntaxOf } from './syntax/module-syntax.js'
import { type Comment, type Node, type Parsed, type Program, parse } from './syntax/parse.js'
import { Scopes } from './syntax/scopes.js'
import { type FunctionNode, isFunction, SyntaxTree } from './syntax/tree.js'
import { type NearTag, nearTagOf } from './tag/near-tag.js'
import { mentionsTag, readTags, type Tag } from './tag/tag.js'
import { readOptions } from './tag/tag-options.js'
import { targetOf } from './tag/target.js'
import type { Analysis, Binding, Diagnostic, Site } from './types.js'

export interface SourceFile {
  /** Its extension tells the language. */
  readonly file: string
  /** The front of all ids: `moduleOf(file).module`. */
  readonly module: string
}

const RUNTIME = 'deche/runtime'

/** Of a file without tags. */
export const NOTHING: Analysis = {
  sites: [],
  diagnostics: [],
  insertAt: 0,
  namespace: '$deche',
  factories: '$d',
  moduleSyntax: undefined,
}

/**
 * What deche knows of a source file, from its text alone: the functions to cache, and what is wrong with their tags. A
 * function with an error is no site. Never throws; a file with syntax errors, a declaration file and compiled output
 * that still has its comments have neither sites nor diagnostics.
 */
export function analyse(text: string, { file, module }: SourceFile): Analysis {
  if (!mentionsTag(text) || /\.d(?:\.[^./\\]+)?\.[cm]?ts$/i.test(file)) return NOTHING
  const parsed = parse(file, text)
  const found = parsed?.comments.map(tagsIn).filter(({ tags, near }) => tags.length > 0 || near) ?? []
  if (parsed === undefined || found.length === 0 || isCompiled(text, parsed.program)) return NOTHING
  const { sites, diagnostics } = run(text, module, parsed, found)
  return {
    sites,
    diagnostics: diagnostics.sort((a, b) => a.range[0] - b.range[0] || a.range[1] - b.range[1]),
    insertAt: headOffset(text, parsed.program),
    namespace: unusedName(text, '$deche'),
    factories: unusedName(text, '$d'),
    moduleSyntax: moduleSyntaxOf(parsed.program),
  }
}

interface TaggedComment {
  readonly comment: Comment
  readonly tags: readonly Tag[]
  /** What looks like a tag, in a comment without one. */
  readonly near: NearTag | undefined
}

function tagsIn(comment: Comment): TaggedComment {
  const tags = readTags(comment)
  return { comment, tags, near: tags.length === 0 ? nearTagOf(comment) : undefined }
}

function run(
  text: string,
  module: string,
  parsed: Parsed,
  comments: readonly TaggedComment[],
): { readonly sites: readonly Site[]; readonly diagnostics: Diagnostic[] } {
  try {
    return new Analyser(text, module, parsed).run(comments)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const tags = comments.flatMap(({ tags }) => tags)
    return { sites: [], diagnostics: tags.map(({ range }) => diagnose('tooDeep', range)) }
  }
}

/** The work on one file. */
class Analyser {
  readonly #text: string
  readonly #module: string
  readonly #parsed: Parsed
  readonly #tree: SyntaxTree
  readonly #scope: ReadonlyMap<string, Binding>
  readonly #scopes: Scopes
  readonly #sites = new Map<string, Site>()
  readonly #diagnostics: Diagnostic[] = []
  readonly #tagged = new Set<FunctionNode>()
  #moduleCode: ModuleCode | undefined

  constructor(text: string, module: string, parsed: Parsed) {
    this.#text = text
    this.#module = module
    this.#parsed = parsed
    this.#tree = new SyntaxTree(parsed.program)
    this.#scope = moduleScope(parsed.program)
    this.#scopes = new Scopes(parsed.program, this.#tree)
  }

  run(comments: readonly TaggedComment[]): { sites: Site[]; diagnostics: Diagnostic[] } {
    for (const { comment, tags } of comments) {
      for (const tag of tags) {
        const target = targetOf(this.#tree, this.#text, this.#parsed.comments, comment, tag.range)
        if (target.ok) this.#add(target.fn, tag)
        else this.#diagnostics.push(target.diagnostic)
      }
    }
    for (const { comment, near } of comments) if (near) this.#warnOf(near, comment)
    const sites = [...this.#sites.values()].sort((a, b) => a.body.start - b.body.start)
    return { sites, diagnostics: this.#diagnostics }
  }

  /** A comment that looks like a tag is one to nobody; in front of a function, it was probably meant as one. */
  #warnOf({ range, reason, fix }: NearTag, comment: Comment): void {
    const target = targetOf(this.#tree, this.#text, this.#parsed.comments, comment, range)
    if (!target.ok || this.#tagged.has(target.fn)) return
    const found = nameOf(this.#tree, target.fn, this.#scope)
    this.#diagnostics.push(diagnose('nearTag', range, found.ok ? found.name.text : 'this function', reason, fix))
  }

  #add(fn: FunctionNode, tag: Tag): void {
    const found = nameOf(this.#tree, fn, this.#scope)
    const captures = capturesOf(this.#scopes, this.#tree, fn)
    if (this.#tagged.has(fn)) {
      this.#diagnostics.push(diagnose('secondTag', tag.range, found.ok ? found.name.text : 'the function'))
      return
    }
    this.#tagged.add(fn)
    const text = found.ok ? found.name.text : 'this function'
    const nameRange = found.ok ? found.name.range : tag.range
    const params = paramsOf(fn.params, this.#text)
    const hasThis = this.#hasThis(fn)
    const parameters = boundNames(params)
    const subject: Subject = {
      text: this.#text,
      tree: this.#tree,
      scopes: this.#scopes,
      fn,
      name: text,
      parameters,
      captures: captures.names,
      hasThis,
      tag,
    }
    const options = readOptions(tag, {
      name: text,
      parameters: [...parameters, ...captures.names],
      hasThis,
      generator: fn.generator,
      privateNames: this.#privateNames(fn),
      ambientWords: () => ambientWords(subject),
      scope: this.#scope,
    })
    // A function without a name of its own may have that of its tag.
    const unnamed = found.ok || options.name !== undefined ? [] : [found.diagnostic]
    const problems = [
      ...unnamed,
      ...options.diagnostics,
      ...refusals(fn, this.#scopes, text, params, this.#text),
      ...captures.diagnostics,
    ]
    this.#diagnostics.push(...problems)
    const body = bodyOf(fn)
    if (problems.some(({ severity }) => severity === 'error') || body === undefined) return
    const id = options.name ?? (found.ok ? `${this.#module}.${found.name.id}` : '')
    const other = this.#sites.get(id)
    if (other) {
      const { line } = positionOf(this.#text, other.nameRange[0])
      this.#diagnostics.push(diagnose('twoWithOneId', nameRange, id, line))
      return
    }
    this.#diagnostics.push(...ambientWarnings(subject))
    this.#sites.set(id, {
      id,
      name: text,
      nameRange,
      params,
      attrs: options.attrs,
      captures: captures.names.filter((name) => !options.ignored.has(name)),
      async: fn.async,
      generator: fn.generator,
      constructs: mayConstruct(fn, this.#isMethod(fn), this.#text),
      sharesParams: sharesParams(fn),
      options: options.options,
      refs: options.refs,
      ...(found.ok && found.name.self && { self: found.name.self }),
      code: ownCode(this.#code(), fn),
      body,
    })
  }

  #code(): ModuleCode {
    this.#moduleCode ??= new ModuleCode('', this.#text, this.#parsed, this.#tree, this.#scopes)
    return this.#moduleCode
  }

  /** Methods and getters are no constructors; `x: function () {}` is none of them. */
  #isMethod(fn: FunctionNode): boolean {
    const parent = this.#tree.parent(fn)
    if (parent?.type === 'Property') return parent.method || parent.kind !== 'init'
    return parent?.type === 'MethodDefinition'
  }

  /** An arrow has the `this` of what is around it: a function, or the class whose field or static block it is in. */
  #hasThis(fn: FunctionNode): boolean {
    if (fn.type !== 'ArrowFunctionExpression') return true
    for (const node of this.#tree.ancestors(fn)) {
      if (isFunction(node) && node.type !== 'ArrowFunctionExpression') return true
      if (node.type === 'PropertyDefinition' || node.type === 'AccessorProperty') return true
      if (node.type === 'StaticBlock') return true
    }
    return false
  }

  /** Those that `this` has: of the nearest class, on its instances or on itself. */
  #privateNames(fn: FunctionNode): ReadonlySet<string> {
    const around = [...this.#tree.ancestors(fn)]
    const index = around.findIndex((node) => node.type === 'ClassBody')
    const [member, body] = [around[index - 1], around[index]]
    if (body?.type !== 'ClassBody' || member === undefined || !('static' in member)) return new Set()
    const members: readonly Node[] = body.body.filter((other) => 'static' in other && other.static === member.static)
    return new Set(
      members.flatMap((member) =>
        'key' in member && member.key.type === 'PrivateIdentifier' ? [`#${member.key.name}`] : [],
      ),
    )
  }
}

/** Behind byte order mark, hashbang and directives. Never at the first statement: that lies behind its doc comment. */
function headOffset(text: string, { body }: Program): number {
  const first = body.findIndex((node) => node.type !== 'ExpressionStatement' || !node.directive)
  const prologue = first === -1 ? body : body.slice(0, first)
  const directive = prologue.at(-1)
  if (directive) return directive.end
  const bom = text.startsWith('\uFEFF') ? 1 : 0
  const hashbang = /^#![^\n\r\u2028\u2029]*(?:\r\n|[\n\r\u2028\u2029])?/.exec(text.slice(bom))
  return bom + (hashbang?.[0].length ?? 0)
}

/** Our own output, when a bundler reads what a compiler wrote: its bodies are wrapped, and its ids are the right ones. */
function isCompiled(text: string, { body }: Program): boolean {
  return body.some((node) => {
    if (node.type === 'ImportDeclaration') {
      return node.source.value === RUNTIME && node.specifiers.some(({ local }) => isOurs(local.name))
    }
    if (node.type !== 'VariableDeclaration') return false
    return node.declarations.some(
      ({ id, init }) =>
        id.type === 'Identifier' && isOurs(id.name) && init && text.slice(init.start, init.end).includes(RUNTIME),
    )
  })
}

function isOurs(name: string): boolean {
  return /^\$deche_*$/.test(name)
}

function unusedName(text: string, start: string): string {
  let name = start
  while (text.includes(name)) name += '_'
  return name
}

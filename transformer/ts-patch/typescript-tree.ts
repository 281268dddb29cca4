import type ts from 'typescript'
import { type Format, generateBody, generateHead, generateImports } from '../generate.js'
import type { Analysis, Site } from '../types.js'

export type TypeScript = typeof ts

/** `unplaced` are sites whose body is not in the tree, because another plugin replaced it. */
export interface RewrittenTree {
  readonly sourceFile: ts.SourceFile
  readonly unplaced: readonly Site[]
}

/**
 * Does to a TypeScript tree what `rewrite` does to text. Only the bodies are replaced: TypeScript keeps the functions'
 * own nodes, and with them comments, decorators and what the checker knows. What the user wrote keeps its exact ranges
 * and what is new has none, so debuggers and source maps see only the user's code.
 */
export function rewriteTree(
  ts: TypeScript,
  context: ts.TransformationContext,
  sourceFile: ts.SourceFile,
  analysis: Analysis,
  format: Format,
): RewrittenTree {
  const { factory } = context
  const unplaced = new Map(analysis.sites.map(({ body }, index) => [body.range[0], index]))
  const insertions = generateImports(analysis, format)
  const [wrappers = [], ...imported] = detached(ts, [
    analysis.sites.map((_, index) => wrapperText(analysis, index)).join(' '),
    ...insertions.map(({ text }) => text),
  ])
  const imports = new Map(insertions.map(({ at }, index) => [at, imported[index] ?? []]))

  const visit = (node: ts.Node): ts.Node => {
    if (!mayHoldAny(node, unplaced.keys())) return node
    const start = isBody(ts, node) ? node.getStart(sourceFile) : -1
    const index = unplaced.get(start)
    if (index === undefined) return ts.visitEachChild(node, visit, context)
    unplaced.delete(start)
    // A body can be deeper than a walk by recursion can go; what holds no other site stays as it is.
    const visited = mayHoldAny(node, unplaced.keys()) ? ts.visitEachChild(node, visit, context) : node
    return ts.isBlock(visited) ? wrappedBlock(visited, index) : wrappedExpression(visited as ts.Expression, index)
  }

  const wrappedBlock = (body: ts.Block, index: number): ts.Block => {
    const directives = body.statements.slice(0, firstBehindPrologue(ts, body.statements))
    const moved = body.statements.slice(directives.length)
    const range = { pos: moved[0]?.pos ?? body.statements.end, end: body.statements.end }
    const inner = factory.createBlock(ts.setTextRange(factory.createNodeArray(moved), range))
    return factory.createBlock([...directives, filled(index, ts.setTextRange(inner, body)) as ts.ReturnStatement])
  }

  const wrappedExpression = (body: ts.Expression, index: number): ts.Expression =>
    (filled(index, body) as ts.ExpressionStatement).expression

  /** The generated statement, with the user's body in its closure. Nodes are made anew on the way there: they know what is in them. */
  const filled = (index: number, body: ts.ConciseBody): ts.Statement => {
    const fill = (node: ts.Node): ts.Node => {
      if (ts.isArrowFunction(node) && isHole(ts, node.body)) {
        const { modifiers, parameters, equalsGreaterThanToken } = node
        return factory.createArrowFunction(modifiers, undefined, parameters, undefined, equalsGreaterThanToken, body)
      }
      if (ts.isFunctionExpression(node) && isHole(ts, node.body)) {
        const { modifiers, asteriskToken } = node
        return factory.createFunctionExpression(
          modifiers,
          asteriskToken,
          undefined,
          undefined,
          [],
          undefined,
          body as ts.Block,
        )
      }
      return ts.visitEachChild(node, fill, context)
    }
    return ts.visitEachChild(statementIn(wrappers[index]), fill, context)
  }

  const { statements } = ts.visitEachChild(sourceFile, visit, context)
  const first = firstBehindPrologue(ts, statements)
  const importBehind = ({ end }: ts.Node): readonly ts.Statement[] => {
    const found = imports.get(end) ?? []
    imports.delete(end)
    return found
  }
  const rest = statements.slice(first).flatMap((node) => [node, ...importBehind(node)])
  // An import that another plugin removed leaves no place to stand behind.
  const homeless = [...imports.values()].flat()
  const all = [...statements.slice(0, first), asWritten(factory, generateHead(analysis, format)), ...homeless, ...rest]
  return {
    sourceFile: factory.updateSourceFile(
      sourceFile,
      ts.setTextRange(factory.createNodeArray(all), sourceFile.statements),
    ),
    unplaced: Array.from(unplaced.values(), (index) => analysis.sites[index]).filter((site) => site !== undefined),
  }
}

/**
 * Statements that hold nothing of the user's and nothing that TypeScript would have to rename, in the ECMAScript of 2015, which
 * every engine knows that has the runtime. TypeScript prints a name as it is: so they need no nodes, which would take as
 * long to make and to print as all else here.
 */
function asWritten(factory: ts.NodeFactory, statements: string): ts.Statement {
  return factory.createExpressionStatement(factory.createIdentifier(statements.replace(/;$/, '')))
}

/** Nodes that another plugin made have no place; anything may be inside. */
function mayHoldAny(node: ts.Node, offsets: Iterable<number>): boolean {
  if (node.pos < 0) return true
  for (const offset of offsets) if (offset >= node.pos && offset < node.end) return true
  return false
}

/** Where the user's body goes: the one empty body, or the `0`, of what is generated. */
function isHole(ts: TypeScript, body: ts.ConciseBody): boolean {
  return ts.isBlock(body) ? body.statements.length === 0 : ts.isNumericLiteral(body)
}

/** What goes around a body, inside a function of the same kind, for `yield`. */
function wrapperText(analysis: Analysis, index: number): string {
  const { open, close } = generateBody(analysis, index)
  const { async, generator, body } = analysis.sites[index] ?? {}
  const kind = `${async ? 'async ' : ''}function${generator ? '*' : ''}`
  return `${kind} around() { ${open}${body?.block ? '' : '0'}${close} }`
}

function statementIn(wrapper: ts.Statement | undefined): ts.Statement {
  const [statement] = (wrapper as ts.FunctionDeclaration | undefined)?.body?.statements ?? []
  if (statement === undefined) throw new TypeError('nothing was generated')
  return statement
}

function isBody(ts: TypeScript, node: ts.Node): boolean {
  const { parent } = node
  return node.pos >= 0 && parent && ts.isFunctionLike(parent) && 'body' in parent && parent.body === node
}

function firstBehindPrologue(ts: TypeScript, statements: readonly ts.Statement[]): number {
  const first = statements.findIndex((node) => !ts.isExpressionStatement(node) || !ts.isStringLiteral(node.expression))
  return first < 0 ? statements.length : first
}

/**
 * The statements of each of the texts, as if a factory had made them. The checker knows nothing of them, so TypeScript
 * neither elides their imports nor renames their identifiers. The texts are parsed at once: starting the parser costs
 * more than they do.
 */
function detached(ts: TypeScript, texts: readonly string[]): readonly (readonly ts.Statement[])[] {
  const nowhere = { pos: -1, end: -1 }
  const detach = (node: ts.Node): void => {
    ts.setTextRange(node, nowhere)
    Object.assign(node, { flags: ts.NodeFlags.Synthesized })
    ts.forEachChild(node, detach, (nodes) => {
      ts.setTextRange<ts.TextRange>(nodes, nowhere)
      nodes.forEach(detach)
    })
  }
  const text = texts.join('\n')
  const { statements } = ts.createSourceFile('generated.ts', text, ts.ScriptTarget.ESNext)
  const ends = statements.map(({ end }) => end)
  statements.forEach(detach)
  let start = 0
  return texts.map((each) => {
    const end = start + each.length
    const own = statements.filter((_, index) => start < (ends[index] ?? 0) && (ends[index] ?? 0) <= end)
    start = end + 1
    return own
  })
}

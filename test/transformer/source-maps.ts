import { eachMapping, TraceMap } from '@jridgewell/trace-mapping'
import ts from 'typescript'

interface Token {
  /** `line:column` in the source, from 1 and 0. */
  readonly at: string
  /** What stands at the mapped place of the output. */
  readonly word: string
}

/** For every identifier of a source: the identifiers of the output that are mapped to it, in order. */
export function mappedIdentifiers(source: string, output: string, map: string): Map<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true)
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) {
      const { line, character } = file.getLineAndCharacterOfPosition(node.getStart())
      found.set(`${line + 1}:${character}`, [])
    }
    node.forEachChild(visit)
  }
  visit(file)
  for (const { at, word } of tokens(output, map)) found.get(at)?.push(word)
  return new Map([...found].filter(([, words]) => words.length > 0))
}

/** The mapped places of the output at which text of a form begins. */
export function mappedTokens(output: string, map: string, form: RegExp): readonly Token[] {
  return tokens(output, map).filter(({ word }) => form.test(word))
}

function tokens(output: string, map: string): readonly Token[] {
  const lines = output.split('\n')
  const found: Token[] = []
  eachMapping(new TraceMap(map), ({ generatedLine, generatedColumn, originalLine, originalColumn }) => {
    const [word] = /^[\w$#]*/.exec((lines[generatedLine - 1] ?? '').slice(generatedColumn)) ?? ['']
    if (originalLine !== null && word) found.push({ at: `${originalLine}:${originalColumn}`, word })
  })
  return found
}

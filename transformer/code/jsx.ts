import type { Node } from '../syntax/parse.js'

/** Text between tags as compilers leave it: lines without the white space around them, and no empty ones. */
export function jsxText({ raw, value }: Extract<Node, { type: 'JSXText' }>): string {
  const lines = (raw ?? value).split(/\r\n|\n|\r/)
  const isLast = (index: number) => index === lines.length - 1
  return lines
    .map((line, index) =>
      (index === 0 ? line : line.replace(/^[ \t]+/, '')).replace(isLast(index) ? /$/ : /[ \t]+$/, ''),
    )
    .filter((line) => line !== '')
    .join(' ')
}

/** What comments say about how JSX is compiled: `@jsx h`, `@jsxFrag F`, `@jsxImportSource preact`. */
export interface JsxPragmas {
  /** All of them, in the order of the text. */
  readonly text: string
  /** The names that JSX is compiled to calls of. */
  readonly names: readonly string[]
  /** The modules that it is compiled to imports of. */
  readonly sources: readonly string[]
}

export function jsxPragmas(text: string): JsxPragmas {
  const found = [...text.matchAll(/@(jsx|jsxFrag|jsxImportSource|jsxRuntime)[ \t]+([\w$@./-]+)/g)]
  const valuesOf = (...pragmas: readonly string[]) =>
    found.filter(([, pragma = '']) => pragmas.includes(pragma)).map(([, , value = '']) => value)
  return {
    text: found.map(([whole]) => whole).join(' '),
    names: valuesOf('jsx', 'jsxFrag').map((name) => name.split('.')[0] ?? ''),
    sources: valuesOf('jsxImportSource').map((source) => `${source}/jsx-runtime`),
  }
}

import { describe, expect, test } from 'vitest'
import { parse } from '../../transformer/syntax/parse.js'
import { readTags } from '../../transformer/tag/tag.js'

/** The words of all tags of a text, and that each piece lies where it says. */
function words(text: string) {
  const comments = parse('a.ts', text)?.comments ?? []
  const tags = comments.flatMap(readTags)
  for (const { range, words } of tags) {
    expect(text.slice(...range)).toBe('@deche')
    for (const { name, items } of words) {
      for (const token of [name, ...items]) expect(text.slice(...token.range)).toBe(token.text)
    }
  }
  return tags.map((tag) => tag.words.map(({ name, value }) => (value ? `${name.text}=${value.text}` : name.text)))
}

describe('a tag is', () => {
  test.each([
    ['/** @deche */', [[]]],
    ['/**@deche share*/', [['share']]],
    ['/** @deche ttl=7d share */', [['ttl=7d', 'share']]],
    [
      '/**\n * Text.\n *\n * @deche ttl=7d\n *   share\n *\n *\tignore=a\n * @param a\n */',
      [['ttl=7d', 'share', 'ignore=a']],
    ],
    ['/**\r\n * @deche ttl=7d\r\n * share\r\n */', [['ttl=7d', 'share']]],
    ['/**\n@deche ttl=7d\nshare\n*/', [['ttl=7d', 'share']]],
    ['/** @deche ttl=7d\n * @see x\n * @deche share */', [['ttl=7d'], ['share']]],
    ['/* 😀 */ /** 😀\n * @deche name=a */', [['name=a']]],
  ])('%j', (text, expected) => {
    expect(words(`${text}\nf()`)).toEqual(expected)
  })
})

describe('no tag is', () => {
  test.each([
    '// @deche',
    '/* @deche */',
    '/** uses @deche inside */',
    '/** @dechex */',
    '/** @dechè */',
    '/** x@deche */',
    '/** {@deche} */',
    '/**\n * ```\n * @deche\n * ```\n */',
    '/**\n * ~~~ts\n * @deche\n */',
    'f("/** @deche */")',
    'f(`/** @deche */`)',
    'f(/[/** @deche */]/)',
  ])('%j', (text) => {
    expect(words(`${text}\nf()`)).toEqual([])
  })
})

describe('a list', () => {
  test.each([
    ['ignore=a,b', ['ignore=a,b']],
    ['ignore=a, b', ['ignore=a,b']],
    ['ignore=a ,b share', ['ignore=a,b', 'share']],
    ['ignore=a,\n * b,\n * c share', ['ignore=a,b,c', 'share']],
    ['ignore="a","b"', ['ignore=a,b']],
    ['ignore=a, share=1', ['ignore=a,', 'share=1']],
    ['ignore=a,,b', ['ignore=a,,b']],
  ])('%j', (text, expected) => {
    expect(words(`/** @deche ${text} */ f()`)).toEqual([expected])
  })
})

test('quotes keep spaces, equals signs and commas of a value', () => {
  expect(words(`/** @deche version="a, b=c" name='x' */ f()`)).toEqual([['version=a, b=c', 'name=x']])
})

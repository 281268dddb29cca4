import type { Palette } from '../colours.js'
import type { Change } from './edits.js'
import { shownPath } from './paths.js'

/** Lines around a change that are shown. */
const AROUND = 1

type Line = readonly [mark: ' ' | '-' | '+', text: string]

/** A change as `diff -u` shows it, without the numbers. */
export function showChange({ file, before, after }: Change, colours: Palette): string {
  const lines = difference(linesOf(before ?? ''), linesOf(after))
  const near = (at: number) => lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(([mark]) => mark !== ' ')
  const shown = lines.flatMap((line, at) => {
    if (near(at)) return [showLine(line, colours)]
    return at > 0 && near(at - 1) && lines.slice(at).some(([mark]) => mark !== ' ') ? [colours.dim('…')] : []
  })
  return `${colours.bold(shownPath(file))}${before === undefined ? ' (new)' : ''}\n${shown.join('\n')}\n`
}

function showLine([mark, text]: Line, colours: Palette): string {
  const line = `${mark} ${text}`.trimEnd()
  if (mark === ' ') return colours.dim(line)
  return mark === '+' ? colours.green(line) : colours.red(line)
}

function linesOf(text: string): string[] {
  if (text === '') return []
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
}

/** Removed, added and kept lines, by the longest sequence that both have. */
function difference(before: readonly string[], after: readonly string[]): Line[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i]
      if (row) row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const lines: Line[] = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    const [old, added] = [before[i], after[j]]
    if (old !== undefined && old === added) {
      lines.push([' ', old])
      i++
      j++
    } else if (old !== undefined && (added === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(['-', old])
      i++
    } else if (added !== undefined) {
      lines.push(['+', added])
      j++
    }
  }
  return lines
}

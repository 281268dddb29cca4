import { clone, isFlat, weigh } from './clone.js'
import { letAnswer } from './coarse-clock.js'
import { answersWithin } from './freshness.js'
import { answerOf, CODEC, DEEP, FLAT, type Hit, hitOf, mayAnswer, NULLISH, TIMED, ZERO } from './hit.js'
import type { Memo } from './memo.js'
import { Stillness } from './stillness.js'
import { Answer, GONE, type Remembered } from './tier.js'
import { Branch, enter, follow, MOST_STEPS, put, type Step, type Way } from './ways.js'

/**
 * The way of a hit that makes nothing: no key, no text, no object. Answers stand in Maps within Maps, one for each
 * argument, under the arguments themselves; compiled functions look there before they make anything. A Map tells 1 from
 * '1', finds NaN, and takes 0 and -0 for one, which is seen to here. Only primitives are ever put in as keys, and plain
 * objects under the values of their properties; whatever is not found takes the way by its key.
 */

/** What the longest strings of one call may be together: they stay in memory as keys. */
const MOST_TEXT = 4096
/** Equal objects whose properties stand in another order come another way. */
const MOST_WAYS = 8

export class Shortcut {
  /** Of a compiled function. It gets the values that join the key, in their order. `undefined` for very many. */
  readonly hit: Hit | undefined
  readonly stillness: Stillness
  readonly #memo: Memo
  readonly #root = new Branch()
  /** Where those values stand among all that a call hands over. */
  readonly #positions: readonly number[]

  constructor(memo: Memo) {
    this.#memo = memo
    this.stillness = new Stillness(memo)
    this.#positions = memo.names.flatMap((name, position) => (memo.settings.ignore.has(name) ? [] : [position]))
    this.hit = hitOf(this.#root, this.#positions.length, memo)
  }

  /** The entry of these values, and what it answers now, if it can answer without further questions. */
  find(values: readonly unknown[]): { readonly entry: Remembered; readonly value: unknown } | undefined {
    const answer = this.#locate(values)
    if (answer === undefined || !mayAnswer(answer.entry, this.#memo)) return undefined
    return { entry: answer.entry, value: answerOf(answer) }
  }

  #locate(values: readonly unknown[]): Answer | undefined {
    const positions = this.#positions
    if (positions.length === 0) return this.#root.get(undefined) as Answer | undefined
    let at: Branch | Answer | undefined = this.#root
    for (let index = 0; index < positions.length; index++) {
      const value = values[positions[index] as number]
      if (value === 0 && Object.is(value, -0)) return undefined
      at = (at as Branch).get(value) ?? enter(at as Branch, value)
      if (at === undefined) return undefined
    }
    return at as Answer
  }

  /**
   * From now on these values find the entry, which their key has just found. Nothing may have happened in between: the
   * objects among them are as they were.
   */
  learn(values: readonly unknown[], entry: Remembered): void {
    if (entry.kind !== 'data' || entry.promise !== this.#memo.async || entry.state & GONE) return
    if (this.#locate(values)?.entry === entry) {
      letAnswer(entry)
      return
    }
    if (count(entry.ways) >= MOST_WAYS) return
    const steps: Step[] = this.#positions.length === 0 ? [undefined] : []
    let zeros = 0
    let length = 0
    for (const [index, position] of this.#positions.entries()) {
      const value = values[position]
      if (value === 0) zeros |= index < 31 ? 1 << index : -1
      if (!follow(value, steps)) return
    }
    if (steps.length > MOST_STEPS) return
    for (const step of steps) length += typeof step === 'string' ? step.length : 0
    const answer = length > MOST_TEXT ? undefined : this.#answerFor(entry)
    if (answer === undefined) return
    entry.zeros = zeros
    if (zeros !== 0) entry.state |= ZERO
    const way = put(this.#root, steps, answer)
    if (way === undefined) return
    entry.ways = way
    letAnswer(entry)
  }

  /** Reads the value that the entry answers, or of which it makes its copies. `undefined`: memory has dropped it for that. */
  #answerFor(entry: Remembered): Answer | undefined {
    if (entry.answer !== undefined) return entry.answer
    const { settings, mode, tier } = this.#memo
    const value = entry.load()
    const period = answersWithin(entry, settings, mode)
    if (period !== undefined) {
      entry.state |= TIMED
      entry.from = period.from
      entry.until = period.until
    }
    const answer = new Answer(entry)
    if (typeof value !== 'object' || value === null) {
      entry.state |= value === null || value === undefined ? NULLISH : 0
      answer.value = value
    } else if (settings.share && entry.load() === value) {
      answer.value = value
    } else if (entry.codec === 'json') {
      entry.state |= isFlat(value) ? FLAT : DEEP
      answer.value = value
      entry.load = () => clone(value)
      tier?.resize(entry, weigh(value))
    } else {
      entry.state |= CODEC
    }
    if ((entry.state & GONE) !== 0) return undefined
    entry.answer = answer
    return answer
  }
}

function count(way: Way | undefined): number {
  return way === undefined ? 0 : 1 + count(way.next)
}

import ms, { type StringValue } from 'ms'

/** Either a value, or what is wrong with the text: a clause to put behind the option and its text. */
export type Parsed<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string }

/** How long an entry is valid (milliseconds), or until when (milliseconds since the epoch). */
export type Lifetime = { readonly ms: number } | { readonly until: number }

/** What the parsers below take, for messages. */
export const DURATIONS = 'a duration such as 500ms, 90s, 1.5h or 7d'
export const LIFETIMES = `${DURATIONS}, or an instant such as 2027-01-01 or 2027-01-01T00:00Z`

/** `ms` knows more spellings (`7 Days`, `7`); one is enough, and a capital M would be read as minutes. */
const DURATION = /^\d+(?:\.\d+)?(?:ms|[smhdwy])$/
const NUMBER = /^\d+(?:\.\d+)?$/
const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/

/** What a Date can hold, so that an entry's age and end stay numbers one can print. */
const LONGEST = 8.64e15

/**
 * A duration in milliseconds; `undefined` for text that looks like something else. Units: ms, s, m, h, d, w and y
 * (365.25 days).
 */
export function parseDuration(text: string): Parsed<number> | undefined {
  if (NUMBER.test(text)) return failed(`needs a unit: write ${text}s, ${text}m, ${text}h or ${text}d`)
  if (/^-\d/.test(text)) return failed('must not be negative')
  if (!DURATION.test(text)) return undefined
  const value = ms(text as StringValue)
  return value <= LONGEST ? { ok: true, value } : failed('is longer than 270,000 years')
}

/**
 * A duration, or the instant after which an entry is no longer valid: ISO 8601 with a zone, a date alone (midnight
 * UTC), or a Date. `undefined` for text that looks like something else.
 */
export function parseLifetime(input: string | Date): Parsed<Lifetime> | undefined {
  if (typeof input !== 'string') {
    const until = input.getTime()
    return Number.isNaN(until) ? failed('holds no valid time') : { ok: true, value: { until } }
  }
  const [, date, time, zone] = INSTANT.exec(input) ?? []
  if (date === undefined) {
    const length = parseDuration(input)
    return length?.ok ? { ok: true, value: { ms: length.value } } : length
  }
  if (time !== undefined && zone === undefined) {
    return failed(`needs a time zone, or it means another instant on each machine: write ${input}Z or ${input}+02:00`)
  }
  const until = Date.parse(input)
  return Number.isNaN(until) || !exists(date, time) ? failed('does not exist') : { ok: true, value: { until } }
}

/** `Date.parse` turns 30 February into 2 March, and 24:00 into the next day. */
function exists(date: string, time = '00:00'): boolean {
  const whole = Date.parse(`${date}T${time}Z`)
  return !Number.isNaN(whole) && new Date(whole).toISOString().startsWith(`${date}T${time}`)
}

function failed(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem }
}

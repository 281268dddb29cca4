/** Every warning: what the cache could not do, said once, while the function goes on. Codes are stable; the guide lists them. */
export const WARNINGS = {
  DECHE3001: 'the store could not be read or written',
  DECHE3002: 'a result, an exception or the inputs could not be kept',
  DECHE3003: 'an argument has no key, and the function ran without its cache',
  DECHE3004: 'two different functions have one id',
  DECHE3005: 'the environment has a DECHE_ variable that is no setting',
  DECHE3006: 'a function was called before the bindings that its tag names, or that it captures, exist',
  DECHE3007: 'a part of deche could not be loaded',
  DECHE3008: 'the code of a function has changed since the entry that answers was made',
  DECHE3009: 'another loader took the tags out of a file before deche/register saw it',
  DECHE3010: 'files were loaded before deche/register',
  DECHE3011: 'a store elsewhere fails, and is not asked for a while',
  DECHE3012: 'a function ran without its lock',
  DECHE3013: 'a refresh in the background failed',
  DECHE3015: 'the build for browsers runs in Node',
  DECHE3016: 'an entry is not signed with a known key',
  DECHE3017: 'others can write to the directory of the cache',
  DECHE3018: 'a limit removes entries',
} as const

export type WarningCode = keyof typeof WARNINGS

/** What was said already. Bounded: a program that fails in ever new ways must not grow for it. */
const said = new Set<string>()
const MOST = 1000

/** Warns once for each `subject`, through `process.emitWarning` (so `--no-warnings` and `process.on('warning')` work). */
export function warnOnce(code: WarningCode, subject: string, message: string): void {
  const what = `${code} ${subject}`
  if (said.has(what) || said.size >= MOST) return
  said.add(what)
  process.emitWarning(message, { type: 'DecheWarning', code })
}

/** What an error says. What was thrown may itself be a trap. */
export function reason(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error)
  } catch {
    return 'something that cannot be shown'
  }
}

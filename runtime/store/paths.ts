import { ConfigError } from '../errors.js'

/** Names that begin like this are the stores' own: unfinished writes, markers. No entry has such a name, no listing shows one. */
export const OWN_PREFIX = '.deche-'

/** Where stores elsewhere have their locks: `<LOCKS>/<path>`. */
export const LOCKS = `${OWN_PREFIX}locks`

/**
 * What no store accepts in a path: empty segments (hence absolute paths), `.` and `..`, the stores' own names, control
 * characters, lone surrogates (different ones become the same bytes), and the backslash, which separates on Windows.
 */
const UNSAFE = /(?:^|\/)(?:\.{0,2}(?:\/|$)|\.deche-)|[\p{Cc}\p{Cs}\\]/u

/**
 * What Windows would take for another file: a drive or a stream after a colon, a trailing dot or space, a device.
 * The wildcards it refuses by itself.
 */
const UNSAFE_ON_WINDOWS =
  /:|[. ](?:\/|$)|(?:^|\/)(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])[. ]*(?:\.|\/|$)/iu

/** Throws ConfigError unless `path` is `<directory>/<name>` below a store's location, whatever the store. */
export function checkPath(path: string): void {
  if (!path.includes('/') || isUnsafe(path)) throw refusal(path)
}

/** Throws ConfigError unless `directory` is a directory below a store's location, whatever the store. */
export function checkDirectory(directory: string): void {
  if (isUnsafe(directory)) throw refusal(directory)
}

function isUnsafe(path: string): boolean {
  return UNSAFE.test(path) || (process.platform === 'win32' && UNSAFE_ON_WINDOWS.test(path))
}

function refusal(path: string): ConfigError {
  return new ConfigError(
    'store path',
    `${JSON.stringify(path)} cannot be stored. A path is directories and a name joined by '/'; empty parts, '.', '..', ` +
      `names that begin with '${OWN_PREFIX}', backslashes and control characters are refused.`,
  )
}

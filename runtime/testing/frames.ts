import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The frames of stack traces in the text of a stored exception. They stand in strings of JSON, so a new line is two
 * characters there, and a backslash is too.
 */
const FRAMES = /(?:\\n {4}at (?:[^"\\]|\\[^n])*)+/g

/** Where a frame is: in parentheses behind a name, or alone. */
const PLACE = /(\(|\bat (?:async )?)((?:file:\/\/|\/|[A-Za-z]:)(?:[^"\\]|\\[^n])*?)(?=(?::\d+){1,2}\)?(?:\\n|"|$))/g

/** What was thrown, wherever that was. */
export function withoutFrames(text: string): string {
  return text.replace(FRAMES, '')
}

/** With paths from `directory` in place of those of one machine, which say who its user is. */
export function relativeFrames(text: string, directory: string): string {
  return text.replace(FRAMES, (frames) =>
    frames.replace(PLACE, (whole, before: string, place: string) => {
      try {
        const path = JSON.parse(`"${place}"`) as string
        const file = path.startsWith('file:') ? fileURLToPath(path) : path
        return `${before}${JSON.stringify(relative(directory, file).replaceAll(sep, '/')).slice(1, -1)}`
      } catch {
        // A URL of another machine.
        return whole
      }
    }),
  )
}

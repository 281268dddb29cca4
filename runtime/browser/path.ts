/** `node:path` for browsers: places are only names there. */
export function resolve(...parts: readonly string[]): string {
  return parts.reduce((path, part) => (part.startsWith('/') ? part : `${path}/${part}`), '')
}

export const join = resolve

export function dirname(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/'
}

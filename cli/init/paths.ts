import path from 'node:path'

/** As people are told of a file: relative to the working directory, with slashes. */
export function shownPath(file: string): string {
  return path.relative('', file).split(path.sep).join('/') || '.'
}

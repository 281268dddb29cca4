import path from 'node:path'

/** As people are told of a file: relative to the working directory, with slashes. */
export function shownPath(file: string): string {
  return slashed(path.relative('', file)) || '.'
}

/** As compilers write paths. */
export function slashed(file: string): string {
  return file.split(path.sep).join('/')
}

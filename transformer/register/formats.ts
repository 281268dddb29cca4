import type { Format } from '../generate.js'

/** How a module runs that Node calls this. `null`: it is no JavaScript. `undefined`: Node will see when it has its text. */
export function runsAs(format: string | null | undefined): Format | null | undefined {
  switch (format) {
    case 'module':
    case 'module-typescript':
      return 'esm'
    case 'commonjs':
    case 'commonjs-typescript':
      return 'cjs'
    case 'typescript':
    case null:
    case undefined:
      return undefined
    default:
      return null
  }
}

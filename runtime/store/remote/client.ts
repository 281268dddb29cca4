import { createRequire } from 'node:module'

/** The library itself. Not by `import()`: bundlers would follow it, and fail where it is not installed. */
export function requireClient<T>(file: string): T {
  return createRequire(file)(file) as T
}

import { StoreError } from '../errors.js'
import { warnOnce } from '../warn.js'
import { type FileSystem, ifThere } from './file-system.js'

/** What others may write into a directory chooses what functions answer. Bit of the mode. */
const OTHERS_WRITE = 0o002

/**
 * Answers a function to be called before each operation. It throws, with one warning, while the store's directory belongs
 * to another user than this process's and root, or while everybody can write to it. Looked at once, when it is there.
 */
export function createGuard(fs: FileSystem, location: string): () => void {
  const user = process.getuid?.()
  let isKnown = user === undefined
  return () => {
    if (isKnown) return
    const facts = ifThere(() => fs.statSync(location, { throwIfNoEntry: false }))
    if (facts?.mode === undefined || facts.uid === undefined) return
    const problem = problemOf(facts.mode, facts.uid, user)
    if (problem !== undefined) throw refusal(location, problem)
    isKnown = true
  }
}

function problemOf(mode: number, owner: number, user: number | undefined): string | undefined {
  if (mode & OTHERS_WRITE) return 'everybody can write to it'
  if (owner !== user && owner !== 0) return `it belongs to another user (${owner}; this process runs as ${user})`
  return undefined
}

function refusal(location: string, problem: string): StoreError {
  warnOnce(
    'DECHE3017',
    location,
    `The cache in ${location} is not used: ${problem}, who could choose what functions answer. Give it to this user alone ` +
      '(chown, chmod 700), or, if you trust them, set storageOptions: { trust: true }.',
  )
  const error = new StoreError(location, 'refused', problem)
  error.announced = true
  return error
}

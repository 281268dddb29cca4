import type { Face } from '../call/look-up.js'
import { type Steps, take } from '../call/steps.js'
import { EVERY } from '../store/read-marker.js'
import type { Listed, Stat } from '../store/store.js'
import { type EntryName, entryNames } from '../value/entry.js'

/** An entry read so long ago, or less, stays, milliseconds: a minute, and the time for which a read goes unnoted. */
const IN_USE = 60_000 + EVERY

export function isInUse({ read }: Partial<Listed>, now: number): boolean {
  return read !== undefined && now - read < IN_USE
}

/**
 * Removes one result, exception or older result that a listing has found, and the inputs that nothing else needs.
 * Answers the bytes that are free now; `undefined` when it was replaced or read since, and stays.
 *
 * The answer goes first: who is killed in between leaves inputs without an answer, which the next run removes, and never
 * an answer without its inputs. Two runs at a time do no harm: what is gone already counts as freed.
 */
export function* evict(face: Face, directory: string, found: Listed, entry: EntryName): Steps<number | undefined> {
  const path = `${directory}/${found.name}`
  const there: Stat | undefined = yield* take<Stat | undefined>(face.inspect?.(path) ?? face.stat(path))
  if (there !== undefined) {
    if (there.revision !== found.revision || isInUse(there, Date.now())) return undefined
    yield* take(face.remove(path))
  }
  if (entry.kind === 'history') return found.size
  return found.size + (yield* evictInputs(face, directory, entry.key, found.modified))
}

/** Inputs younger than the answer belong to a call that runs now. */
export function* evictInputs(face: Face, directory: string, key: string, modified: number): Steps<number> {
  const names = entryNames(key)
  const at = (name: string) => `${directory}/${name}`
  for (const name of [names.data, names.exception]) {
    if ((yield* take<Stat | undefined>(face.stat(at(name)))) !== undefined) return 0
  }
  const inputs: Stat | undefined = yield* take<Stat | undefined>(face.stat(at(names.inputs)))
  if (inputs === undefined || inputs.modified > modified) return 0
  yield* take(face.remove(at(names.inputs)))
  return inputs.size
}

import { parse, stringify, unflatten } from 'devalue'
import { UnstorableError } from '../errors.js'
import type { ClassCodecs } from './codec.js'
import { reviver } from './revive.js'
import { ValueWalk } from './walk.js'

/** The default codec. docs/on-disk.md says what each kind of value becomes. */
export interface EncodedValue {
  /** `json` for a value that is plain JSON; `devalue6`, the format of devalue 6 with payloads named `deche`, for any other. */
  readonly codec: 'json' | 'devalue6'
  /** JSON in either case, on one line. */
  readonly text: string
}

/**
 * A value as text from which `decodeValue` makes an equal one: same classes, same order of properties, same cycles and
 * shared references. Not kept: that objects were frozen or sealed, and that views and buffers lay in the same memory.
 *
 * @param root What the paths of errors begin with.
 * @throws UnstorableError for anything that would not come back as it is.
 */
export function encodeValue(value: unknown, classes: ClassCodecs, root = 'result'): EncodedValue {
  const walk = new ValueWalk(classes, root)
  walk.run(value)
  return walk.plain
    ? { codec: 'json', text: written(root, () => JSON.stringify(value)) }
    : { codec: 'devalue6', text: flattened(value, walk, root) }
}

/** As `encodeValue`, but in the format of devalue even for plain JSON. */
export function encodeGraph(value: unknown, classes: ClassCodecs, root: string): string {
  const walk = new ValueWalk(classes, root)
  walk.run(value)
  return flattened(value, walk, root)
}

function flattened(value: unknown, { payloads }: ValueWalk, root: string): string {
  const reducers = payloads.size > 0 ? { deche: (thing: unknown) => payloads.get(thing) } : undefined
  return written(root, () => stringify(value, reducers))
}

/** A full stack, or a text longer than a string can be. */
function written(root: string, write: () => string): string {
  try {
    return write()
  } catch (error) {
    throw new UnstorableError(
      root,
      `too large or too deep to be written: ${error instanceof Error ? error.message : error}`,
    )
  }
}

/**
 * A fresh value from what `encodeValue` wrote. Runs no code but the `decode` of registered classes.
 *
 * @throws whatever is wrong with the text; another codec's name; a class that is no longer registered.
 */
export function decodeValue(codec: string, text: string, classes: ClassCodecs): unknown {
  if (codec === 'json') return JSON.parse(text)
  if (codec !== 'devalue6') throw new TypeError(`'${codec}' is no codec of values`)
  return parse(text, { deche: reviver(classes) }, OPTIONS)
}

/** As `decodeValue`, of a text of `encodeGraph` that JSON.parse has read already. */
export function decodeGraph(parsed: unknown, classes: ClassCodecs): unknown {
  if (typeof parsed !== 'number' && !Array.isArray(parsed)) throw new TypeError('malformed value')
  return unflatten(parsed, { deche: reviver(classes) }, OPTIONS)
}

const OPTIONS = {
  operations: {
    /** Assignment would run a setter that someone put on Object.prototype, and fails when that is frozen. */
    set(target: object, key: PropertyKey, value: unknown): void {
      if (key in target)
        Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
      else Reflect.set(target, key, value)
    },
  },
}

import type { Store } from '../store/store.js'
import { warnOnce } from '../warn.js'
import type { SiteSpec } from './site.js'

/** Which function has which id, by store: its source text. */
const functions = new WeakMap<Store, Map<string, string>>()

/**
 * Two functions with one id answer for each other. The build refuses them where it sees both; this is for functions of
 * different packages and for `wrap`. The same source again is a module that was loaded again.
 */
export function warnOfNamesake(store: Store, spec: SiteSpec): void {
  const text = sourceOf(spec)
  if (text === undefined) return
  const names = functions.get(store) ?? new Map<string, string>()
  functions.set(store, names)
  const earlier = names.get(spec.id)
  names.set(spec.id, text)
  if (earlier === undefined || earlier === text) return
  warnOnce(
    'DECHE3004',
    `${store.location} ${spec.id}`,
    `Two different functions are called '${spec.id}' in ${store.location}: they get each other's answers. Give each its ` +
      'own name. If it is one function that you edited while the program runs, its old answers are still used.',
  )
}

function sourceOf(spec: SiteSpec): string | undefined {
  try {
    const fn = spec.self?.()
    return typeof fn === 'function' ? Function.prototype.toString.call(fn) : undefined
  } catch {
    // Its module is still loading.
    return undefined
  }
}

import type { Site } from './sites.js'

/**
 * The management interface calls the function itself, so that defaults are applied and methods see their `this`; an
 * order tells that call what to do instead of the usual.
 */
export type Order =
  /** Only hand over the bound values. */
  | 'bind'
  /** Run the body as if it were not cached. */
  | 'bare'
  /** Run the body and replace what is stored. */
  | 'refresh'

interface Pending {
  readonly site: Site
  readonly order: Order
  values: readonly unknown[] | undefined
  calls: number
}

let pending: Pending | undefined

/** The order for this call, if there is one. */
export function takeOrder(site: Site, values: readonly unknown[] | undefined): Order | undefined {
  if (pending === undefined || pending.site !== site) return undefined
  const { order } = pending
  if (order === 'bind') {
    pending.values = values
    pending.calls++
  } else {
    pending = undefined
  }
  return order
}

/** The values that a call with these arguments would bind, without running its body. Throws what the parameter list throws. */
export function bind(site: Site, call: () => unknown): readonly unknown[] {
  const before = pending
  const own: Pending = { site, order: 'bind', values: undefined, calls: 0 }
  pending = own
  try {
    const result = site.ordered(call)
    // An async function reports a throwing parameter list by its promise, which nobody else will look at.
    if (result instanceof Promise) result.catch(() => {})
  } finally {
    pending = before
  }
  if (own.values === undefined && own.calls > 0)
    throw new TypeError(`the inputs of ${site.spec.id} could not be read: a variable around it does not exist yet`)
  if (own.values === undefined)
    throw new TypeError(`the parameters of ${site.spec.id} could not be bound: their defaults or patterns threw`)
  // A default that calls the function itself cannot be told from the call.
  if (own.calls > 1)
    throw new TypeError(`the parameters of ${site.spec.id} could not be bound: a default calls the function itself`)
  return own.values
}

/** Calls the function with an order for its next call. */
export function callWith<T>(site: Site, order: 'bare' | 'refresh', call: () => T): T {
  const before = pending
  const own: Pending = { site, order, values: undefined, calls: 0 }
  pending = own
  try {
    return site.ordered(call)
  } finally {
    if (pending === own || pending === undefined) pending = before
  }
}

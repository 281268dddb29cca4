/**
 * What compiled code tells the runtime about one tagged function. Every field is plain data or a thunk: a hoisted function
 * may run before the module's own constants exist.
 */
export interface SiteSpec {
  /** `module.fnName`: unique, the same from every front end, safe as a file name. */
  readonly id: string
  /** The declared parameters, in order. The values handed to `run` follow `boundNames(params)`, then `attrs`, then `captures`. */
  readonly params: readonly Param[]
  /** Properties of `this` that join the key, as written in the tag (`id`, `#secret`). Their input names are `this.<name>`. */
  readonly attrs?: readonly string[]
  /** Variables around a nested function that its body reads. They are inputs under their own names. */
  readonly captures?: readonly string[]
  /** Declared `async`. */
  readonly async?: true
  /** A generator; with `async`, an async generator. */
  readonly generator?: true
  /** The tag's options, as text, exactly as `Cache` accepts them. */
  readonly options?: Readonly<Record<string, string | boolean | readonly string[]>>
  /** A hash of the function's code, when it was compiled: what `version=auto` stands for. Its end is that of the function's own piece. */
  readonly code?: string
  /**
   * What else is in that hash: a line for each piece but the function's own, chosen from those of all functions of the module by
   * their numbers, as in `0-3,5`. Kept with the entries, so that `deche explain` can tell what changed.
   */
  readonly pieces?: readonly [all: () => string, numbers: string]
  /** Options whose value is a binding of the function's own module. */
  readonly refs?: () => Readonly<Record<string, unknown>>
  /** The function itself, where the module can name it: how `cached(fn)` finds its site. May throw (not yet initialised). */
  readonly self?: () => unknown
}

/** The same as the transformer writes it: as short as can be, since compiled programs carry it for each function. */
export type SiteRecord = readonly [
  id: string,
  params: readonly Param[],
  code?: string | undefined,
  self?: SiteSpec['self'] | undefined,
  options?: SiteSpec['options'] | undefined,
  more?: Omit<SiteSpec, 'id' | 'params' | 'code' | 'self' | 'options'>,
]

export function specOf([id, params, code, self, options, more]: SiteRecord): SiteSpec {
  return {
    id,
    params,
    ...(code !== undefined && { code }),
    ...(self && { self }),
    ...(options && { options }),
    ...more,
  }
}

/**
 * One declared parameter: a name, or the shape of a pattern. `optional`, of a name a question mark behind it, means that
 * the call may leave it out (`x?`, or a default).
 */
export type Param =
  | string
  | { readonly rest: Param }
  | {
      readonly object: readonly (readonly [property: string, target: Param])[]
      readonly rest?: string
      readonly optional?: true
    }
  | { readonly array: readonly (Param | null)[]; readonly rest?: Param; readonly optional?: true }

/** The names of the values that a function hands to its shortcut: all that its tag does not ignore. */
export function keyedNames({
  params,
  attrs = [],
  options = {},
}: Pick<SiteSpec, 'params' | 'attrs' | 'options'>): string[] {
  const { ignore } = options
  const ignored = new Set(Array.isArray(ignore) ? ignore : [])
  return [...boundNames(params), ...attrs.map((attr) => `this.${attr}`)].filter((name) => !ignored.has(name))
}

/** The name itself of a parameter that is one. */
export function nameIn(param: string): string {
  return mayBeLeftOut(param) ? param.slice(0, -1) : param
}

export function mayBeLeftOut(param: string): boolean {
  return param.endsWith('?')
}

/** The bound names of a parameter list, left to right: the names in the key, and the order of the values. */
export function boundNames(params: readonly Param[]): string[] {
  return params.flatMap(namesOf)
}

function namesOf(param: Param): string[] {
  if (typeof param === 'string') return [nameIn(param)]
  if ('object' in param)
    return [...param.object.flatMap(([, target]) => namesOf(target)), ...(param.rest ? [param.rest] : [])]
  if ('array' in param) {
    return [...param.array.flatMap((item) => (item ? namesOf(item) : [])), ...(param.rest ? namesOf(param.rest) : [])]
  }
  return namesOf(param.rest)
}

import { boundNames, mayBeLeftOut, nameIn, type Param } from './site.js'

/** The named inputs of one call, without a prototype: a parameter may have any name. */
export type Inputs = Readonly<Record<string, unknown>>

/** The positional arguments that give the named values, for calling the function itself. Throws a TypeError. */
export function argumentsOf(id: string, params: readonly Param[], named: Readonly<Record<string, unknown>>): unknown[] {
  const names = boundNames(params)
  for (const name of Object.keys(named)) {
    if (!names.includes(name)) throw new TypeError(`${id} has no parameter '${name}'; it has ${list(names)}`)
  }
  // Without a prototype: a parameter called toString is not given because every object has one.
  const kwargs: Inputs = Object.assign(Object.create(null), named)
  return params.flatMap((param) =>
    isRest(param) ? restValues(id, param.rest, kwargs) : [argumentFor(id, param, kwargs)],
  )
}

/** Every parameter but a rest parameter. */
type Plain = Exclude<Param, { rest: Param }>

function argumentFor(id: string, param: Plain, kwargs: Inputs): unknown {
  if (typeof param === 'string') {
    const name = nameIn(param)
    if (isRequired(param) && !Object.hasOwn(kwargs, name)) throw new TypeError(`${id} needs a value for '${name}'`)
    return kwargs[name]
  }
  if (param.optional && !isGiven(param, kwargs)) return undefined
  if ('object' in param) {
    const wanted = param.object.filter(([, target]) => isRequired(target) || isGiven(target, kwargs))
    const properties = wanted.map(([property, target]) => [
      property,
      isRest(target) ? undefined : argumentFor(id, target, kwargs),
    ])
    return { ...restProperties(id, param.rest, kwargs), ...Object.fromEntries(properties) }
  }
  const items = param.array.map((item) => (item === null || isRest(item) ? undefined : argumentFor(id, item, kwargs)))
  return param.rest === undefined ? items : [...items, ...restValues(id, param.rest, kwargs)]
}

/** What a rest parameter gathers; a pattern in its place takes it apart again. */
function restValues(id: string, target: Param, kwargs: Inputs): unknown[] {
  const values = typeof target === 'string' ? (kwargs[target] ?? []) : argumentFor(id, target as Plain, kwargs)
  if (Array.isArray(values)) return values
  throw new TypeError(`${id} gathers '${boundNames([target])}' from its arguments: give a list`)
}

function restProperties(id: string, name: string | undefined, kwargs: Inputs): object {
  const rest = name === undefined ? {} : (kwargs[name] ?? {})
  if (typeof rest === 'object') return rest
  throw new TypeError(`${id} gathers '${name}' from an argument's properties: give an object`)
}

function isGiven(param: Param, kwargs: Inputs): boolean {
  return boundNames([param]).some((name) => Object.hasOwn(kwargs, name))
}

function isRequired(param: Param): boolean {
  return typeof param === 'string' ? !mayBeLeftOut(param) : !('optional' in param)
}

function isRest(param: Param): param is { readonly rest: Param } {
  return typeof param === 'object' && 'rest' in param && !('object' in param) && !('array' in param)
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `'${name}'`).join(', ')
}

/** What compiled code does for a tagged function, for one that `wrap` was given: values of its parameters, then of its attributes. */
export function bindPlain(
  params: readonly Param[],
  attrs: readonly string[],
  self: unknown,
  args: readonly unknown[],
): unknown[] {
  const values = params.map((param, position) => (isRest(param) ? args.slice(position) : args[position]))
  return attrs.length === 0 ? values : [...values, ...attrs.map((attr) => Reflect.get(Object(self), attr))]
}

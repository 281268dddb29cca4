import { boundNames, type Param } from './site.js'

/** The named inputs of one call, without a prototype: a parameter may have any name. */
export type Inputs = Readonly<Record<string, unknown>>

/** The positional arguments that give the named values, for calling the function itself. Throws a TypeError. */
export function argumentsOf(
  id: string,
  params: readonly Param[],
  kwargs: Readonly<Record<string, unknown>>,
): unknown[] {
  const names = boundNames(params)
  for (const name of Object.keys(kwargs)) {
    if (!names.includes(name)) throw new TypeError(`${id} has no parameter '${name}'; it has ${list(names)}`)
  }
  const args: unknown[] = []
  for (const param of params) {
    if (isRest(param)) args.push(...restValues(param.rest, kwargs))
    else args.push(argumentFor(id, param, kwargs))
  }
  return args
}

function argumentFor(
  id: string,
  param: Exclude<Param, { rest: Param }>,
  kwargs: Readonly<Record<string, unknown>>,
): unknown {
  if (typeof param === 'string') {
    if (!Object.hasOwn(kwargs, param)) throw new TypeError(`${id} needs a value for '${param}'`)
    return kwargs[param]
  }
  if ('name' in param) return kwargs[param.name]
  if (param.optional && !isGiven(param, kwargs)) return undefined
  if ('object' in param) {
    const wanted = param.object.filter(([, target]) => isRequired(target) || isGiven(target, kwargs))
    const properties = wanted.map(([property, target]) => [
      property,
      isRest(target) ? undefined : argumentFor(id, target, kwargs),
    ])
    const rest = param.rest === undefined ? {} : kwargs[param.rest]
    return { ...Object.fromEntries(properties), ...(rest as object) }
  }
  const items = param.array.map((item) => (item === null || isRest(item) ? undefined : argumentFor(id, item, kwargs)))
  return param.rest === undefined ? items : [...items, ...restValues(param.rest, kwargs)]
}

function restValues(target: Param, kwargs: Readonly<Record<string, unknown>>): unknown[] {
  if (typeof target !== 'string') return []
  const values = kwargs[target]
  return Array.isArray(values) ? values : []
}

function isGiven(param: Param, kwargs: Readonly<Record<string, unknown>>): boolean {
  return boundNames([param]).some((name) => Object.hasOwn(kwargs, name))
}

function isRequired(param: Param): boolean {
  return typeof param === 'string'
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

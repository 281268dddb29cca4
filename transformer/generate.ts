import { boundNames, keyedNames, type Param } from '../runtime/call/site.js'
import type { Analysis, Binding, SelfStep, Site } from './types.js'

/** How the emitted file loads modules. */
export type Format = 'esm' | 'cjs'

/** Text that goes in at an offset of the source. It never holds a newline, so lines stay where they are. */
export interface Insertion {
  readonly at: number
  readonly text: string
}

/**
 * The statements at `analysis.insertAt`: the import of the runtime, one factory per site, and their registration. What the
 * hashes of code are made of stands once for all sites.
 *
 * ```js
 * import * as $deche from "deche/runtime"; function $d0(){return["…",["city","days?"],"…",()=>forecast]} $deche.register($d0);
 * ```
 *
 * Factories are declarations: in an import cycle a function may run before the first statement of its module.
 */
export function generateHead(analysis: Analysis, format: Format): string {
  const { namespace, sites } = analysis
  const load =
    format === 'esm'
      ? `import * as ${namespace} from "deche/runtime";`
      : `const ${namespace} = require("deche/runtime");`
  const { lines, selections } = sharedPieces(sites)
  const pieces = `${analysis.factories}p`
  const shared = lines.length > 0 ? [`function ${pieces}(){return${quote(lines.join('\n'))}}`] : []
  const factories = sites.map((site, index) => {
    const selection = selections[index] && `[${pieces},${quote(selections[index])}]`
    return `function ${factoryName(analysis, index)}(){return${siteLiteral(analysis, site, format, selection)}}`
  })
  const register = `${namespace}.register(${sites.map((_, index) => factoryName(analysis, index)).join()});`
  return [load, ...shared, ...factories, register].join(' ')
}

/**
 * ESM: imports of the modules that tags refer to, once more, each behind the first declaration that imports it.
 * CommonJS needs none: there the thunk calls `require` when it is asked.
 */
export function generateImports(analysis: Analysis, format: Format): readonly Insertion[] {
  if (format === 'cjs') return []
  return importedModules(analysis).map(({ from, end }, index) => ({
    at: end,
    text: `import * as ${importName(analysis, index)} from ${quote(from)};`,
  }))
}

/**
 * What goes around a body.
 *
 * ```js
 * { BODY }   // becomes { return $d0.hit?.(city,days)??$deche.run($d0,[city,days],(city,days)=>{ BODY });}
 * => EXPR    // becomes => $d0.hit?.(city,days)??$deche.run($d0,[city,days],(city,days)=>EXPR)
 * ```
 *
 * The first call answers what is in memory and makes nothing for it. It gets what joins the key, so not what the tag
 * ignores; functions with captured variables or many parameters go without it. The closure has parameters of its own, to which
 * the runtime gives the values: if it shared those of the function, each call would begin by making an object for them. Where
 * code among the parameters shares them too, so does the closure.
 *
 * A constructor's calls by `new` only run the body: what they make is the object that `this` is. Captured variables are
 * read by a function, since they may not exist yet. A generator's body becomes a generator:
 *
 * ```js
 * { BODY }   // becomes { return yield* $deche.runGenerator($d0,[city],(function*(){ BODY }).bind(this));}
 * ```
 */
export function generateBody(analysis: Analysis, index: number): { readonly open: string; readonly close: string } {
  const site = analysis.sites[index]
  if (site === undefined) throw new RangeError(`there is no site ${index}`)
  const factory = factoryName(analysis, index)
  const inputs = [...boundNames(site.params), ...site.attrs.map((attr) => `this${access(attr)}`), ...site.captures]
  const list = `[${inputs.join()}]`
  const values = site.captures.length > 0 ? `${analysis.namespace}.values(${factory},()=>${list})` : list
  const runner = `${analysis.namespace}.run${site.async ? 'Async' : ''}${site.generator ? 'Generator' : ''}`
  const callee = site.constructs ? `(new.target?(site,values,body)=>body():${runner})` : runner
  const call = `${callee}(${factory},${values},`
  const hit = hitCall(analysis, index, site)
  const async = site.async ? 'async' : ''
  if (site.generator) return { open: ` return yield* ${call}(${async} function*(){`, close: '}).bind(this));' }
  const names = hit === '' || site.sharesParams ? '' : boundNames(site.params).join()
  const open = `${hit}${call}${async}(${names})=>`
  return site.body.block ? { open: ` return ${open}{`, close: '});' } : { open, close: ')' }
}

/** As many as the runtime has functions for. */
const MOST_VALUES = 5

function hitCall(analysis: Analysis, index: number, site: Site): string {
  if (site.captures.length > 0 || site.constructs) return ''
  const names = keyedNames(site)
  if (names.length > MOST_VALUES) return ''
  // TypeScript below es2022 loses the question mark of a call with a private property among its arguments.
  if (names.some((name) => name.startsWith('this.#'))) return ''
  const values = names.map((name) => (name.startsWith('this.') ? `this${access(name.slice('this.'.length))}` : name))
  return `${factoryName(analysis, index)}.hit?.(${values.join()})??`
}

function factoryName(analysis: Analysis, index: number): string {
  return `${analysis.factories}${index}`
}

function importName(analysis: Analysis, index: number): string {
  return `${analysis.namespace}_${index}`
}

/** The modules that tags refer to, or whose objects hold tagged functions, in the order of their declarations. */
function importedModules(analysis: Analysis): { readonly from: string; readonly end: number }[] {
  const first = new Map<string, number>()
  for (const binding of analysis.sites
    .flatMap(({ refs, self }) => [...Object.values(refs), ...(self ? [self.binding] : [])])
    .map(rootOf)) {
    if (binding.kind !== 'import') continue
    first.set(binding.from, Math.min(binding.end, first.get(binding.from) ?? binding.end))
  }
  return [...first].map(([from, end]) => ({ from, end })).sort((a, b) => a.end - b.end)
}

function rootOf(binding: Binding): Binding {
  return binding.kind === 'alias' ? rootOf(binding.of) : binding
}

/**
 * The lines of pieces of all sites, each once, and the numbers of those that a site has, as in `0-3,5`. Functions of one file
 * often reach the same ones.
 */
function sharedPieces(sites: readonly Site[]): { readonly lines: readonly string[]; readonly selections: string[] } {
  const numbers = new Map<string, number>()
  const selections = sites.map(({ code }) => {
    // The hash says the function's own piece.
    const lines = code.pieces.split('\n').slice(1)
    for (const line of lines) if (!numbers.has(line)) numbers.set(line, numbers.size)
    return ranges(lines.map((line) => numbers.get(line) as number).sort((a, b) => a - b))
  })
  return { lines: [...numbers.keys()], selections }
}

function ranges(ascending: readonly number[]): string {
  const runs: [first: number, last: number][] = []
  for (const number of ascending) {
    const run = runs.at(-1)
    if (run !== undefined && number <= run[1] + 1) run[1] = number
    else runs.push([number, number])
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join()
}

/** A `SiteRecord`, without spaces and, at its end, without what is not there. */
function siteLiteral(analysis: Analysis, site: Site, format: Format, pieces: string | undefined): string {
  const options = Object.entries(site.options).map(([name, value]) => `${name}:${literal(value)}`)
  const refs = Object.entries(site.refs).map(([name, binding]) => `${name}:${reach(analysis, binding, format)}`)
  const more = [
    site.attrs.length > 0 && `attrs:${literal(site.attrs)}`,
    site.captures.length > 0 && `captures:${literal(site.captures)}`,
    site.async && 'async:true',
    site.generator && 'generator:true',
    refs.length > 0 && `refs:()=>({${refs.join()}})`,
    pieces && `pieces:${pieces}`,
  ].filter(Boolean)
  const items = [
    quote(site.id),
    `[${site.params.map(paramLiteral).join()}]`,
    quote(site.code.hash),
    site.self ? `()=>${follow(reach(analysis, site.self.binding, format), site.self.path)}` : '',
    options.length > 0 ? `{${options.join()}}` : '',
    more.length > 0 ? `{${more.join()}}` : '',
  ]
  return `[${items.join().replace(/,+$/, '')}]`
}

function paramLiteral(param: Param): string {
  if (typeof param === 'string') return quote(param)
  if ('object' in param) {
    const properties = param.object.map(([property, target]) => `[${quote(property)},${paramLiteral(target)}]`)
    const rest = param.rest === undefined ? '' : `,rest:${quote(param.rest)}`
    return `{object:[${properties.join()}]${rest}${param.optional ? ',optional:true' : ''}}`
  }
  if ('array' in param) {
    const items = param.array.map((item) => (item === null ? 'null' : paramLiteral(item)))
    const rest = param.rest === undefined ? '' : `,rest:${paramLiteral(param.rest)}`
    return `{array:[${items.join()}]${rest}${param.optional ? ',optional:true' : ''}}`
  }
  return `{rest:${paramLiteral(param.rest)}}`
}

/** The expression that reads a binding in the emitted module. */
function reach(analysis: Analysis, binding: Binding, format: Format): string {
  switch (binding.kind) {
    case 'local':
      return binding.name
    case 'exported-variable':
      return format === 'cjs' ? `exports${access(binding.name)}` : binding.name
    case 'alias':
      return `${reach(analysis, binding.of, format)}${binding.path.map(access).join('')}`
    case 'import':
      return format === 'cjs' ? required(binding) : imported(analysis, binding)
    default:
      return binding satisfies never
  }
}

type ImportBinding = Extract<Binding, { kind: 'import' }>

function imported(analysis: Analysis, { from, imported }: ImportBinding): string {
  const namespace = importName(
    analysis,
    importedModules(analysis).findIndex((module) => module.from === from),
  )
  return imported === '*' ? namespace : `${namespace}${access(imported === 'export=' ? 'default' : imported)}`
}

/** A default import of a CommonJS module is its `exports`, unless it says that it was an ES module. */
function required({ from, imported }: ImportBinding): string {
  const module = `require(${quote(from)})`
  if (imported === '*' || imported === 'export=') return module
  if (imported === 'default') return `((m) => m && m.__esModule ? m.default : m)(${module})`
  return `${module}${access(imported)}`
}

function follow(root: string, path: readonly SelfStep[]): string {
  return path.reduce(
    (object, { property, getter }) =>
      getter ? `Object.getOwnPropertyDescriptor(${object}, ${quote(property)}).get` : `${object}${access(property)}`,
    root,
  )
}

function access(property: string): string {
  return /^#?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(property) ? `.${property}` : `[${quote(property)}]`
}

function literal(value: string | boolean | readonly string[]): string {
  if (typeof value === 'string') return quote(value)
  return typeof value === 'boolean' ? String(value) : `[${value.map(quote).join()}]`
}

/** JSON text, with the two line terminators escaped that JSON leaves bare. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`)
}

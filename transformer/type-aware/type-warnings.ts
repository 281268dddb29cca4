import type ts from 'typescript'
import { diagnose } from '../diagnostics.js'
import type { Analysis, Diagnostic, Site } from '../types.js'
import type { TypeScript } from '../typescript-tree.js'
import { type Fault, factOf } from './fault.js'
import { functionsOf } from './functions.js'
import { type Input, inputsOf } from './inputs.js'
import { TypeJudge } from './judge.js'
import { Platform } from './platform.js'
import { RegisteredClasses } from './registered.js'
import { resultOf } from './results.js'

/** What is found out once for a program. */
interface Facts {
  readonly checker: ts.TypeChecker
  readonly platform: Platform
  readonly keys: TypeJudge
  readonly results: TypeJudge
}

const facts = new WeakMap<ts.Program, Facts>()

/**
 * What the types of a file's tagged functions tell that its text does not: inputs that have no key, results that cannot
 * be stored. For any compiler with TypeScript's JavaScript API; only the types that are needed are computed.
 */
export function typeWarnings(
  ts: TypeScript,
  program: ts.Program,
  sourceFile: ts.SourceFile,
  { sites }: Pick<Analysis, 'sites'>,
): Diagnostic[] {
  if (sites.length === 0) return []
  const known = facts.get(program) ?? gathered(ts, program)
  facts.set(program, known)
  const functions = functionsOf(ts, sourceFile, sites)
  return sites.flatMap((site) => {
    const fn = functions.get(site)
    return fn ? [...inputWarnings(ts, known, fn, site), ...resultWarnings(ts, known, fn, site)] : []
  })
}

function gathered(ts: TypeScript, program: ts.Program): Facts {
  const checker = program.getTypeChecker()
  const platform = new Platform(ts, program)
  const registered = new RegisteredClasses(ts, program)
  const judge = (purpose: 'key' | 'result') => new TypeJudge(ts, checker, platform, registered, purpose)
  return { checker, platform, keys: judge('key'), results: judge('result') }
}

function inputWarnings(
  ts: TypeScript,
  { checker, keys }: Facts,
  fn: ts.SignatureDeclaration,
  site: Site,
): Diagnostic[] {
  return inputsOf(ts, checker, fn, site).flatMap((input) => {
    const fault = keys.fault(input.type)
    return fault ? [diagnose('unkeyableParameter', input.range, factOf(input.name, fault), inputFix(input, fault))] : []
  })
}

function inputFix({ kind, name }: Input, { registrable }: Fault): string {
  const otherwise = registrable ? ', pass plain data, or register the class' : ' or pass plain data'
  switch (kind) {
    case 'parameter':
      return `Add ignore=${name} if the result does not depend on it${registrable ? '' : ','}${otherwise}.`
    case 'attribute':
      return `Name attributes of plain data in attrs=${registrable ? ', or register the class' : ''}.`
    case 'capture':
      return `Pass what the result depends on as a parameter of plain data${registrable ? ', or register the class' : ''}.`
    default:
      return kind satisfies never
  }
}

function resultWarnings(
  ts: TypeScript,
  { checker, platform, results }: Facts,
  fn: ts.SignatureDeclaration,
  site: Site,
): Diagnostic[] {
  // A codec of the user's may write anything.
  if ('output' in site.options || 'output' in site.refs) return []
  const result = resultOf(ts, checker, platform, fn, site)
  const unstorable = (fact: string, fix: string) => [diagnose('unstorableResult', site.nameRange, site.name, fact, fix)]
  switch (result.kind) {
    case 'nothing':
      return [diagnose('voidResult', site.nameRange, site.name)]
    case 'promise':
      return unstorable(`result is ${result.what}, more than a promise`, 'Make the function async.')
    case 'values':
      return result.values.flatMap(({ root, type }) => {
        const fault = results.fault(type)
        return fault ? unstorable(factOf(root, fault), resultFix(fault)) : []
      })
    default:
      return result satisfies never
  }
}

/** What to return instead of objects that can be read once. */
const READ: Readonly<Record<string, string>> = {
  'a Response': 'Return what its json(), text() or arrayBuffer() gives.',
  'a Blob': 'Return what its arrayBuffer() gives.',
  'a File': 'Return what its arrayBuffer() gives.',
  'a ReadableStream': 'Return what was read from it.',
}

function resultFix({ what, registrable }: Fault): string {
  const known = Object.hasOwn(READ, what) ? READ[what] : undefined
  return known ?? (registrable ? 'Return plain data, or register the class.' : 'Return plain data.')
}

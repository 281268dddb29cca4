import path from 'node:path'
import type { Node } from 'jsonc-parser'
import { type CompilerCall, compilerCalls, configsOf, emits, isWatch } from './commands.js'
import type { Edits } from './edits.js'
import { addProperty, type JsonText, problemAt, propertyOf, replaceString } from './json-text.js'
import { emittingConfigs } from './plugins.js'
import { configAt } from './tsconfig.js'

type Scripts = ReadonlyMap<string, { readonly node: Node; readonly line: string }>

/** The configurations that scripts compile with, where they name some. */
export function configsOfScripts(manifest: JsonText): string[] {
  const directory = path.dirname(manifest.file)
  return callsOf(scriptsOf(manifest)).flatMap(({ call }) => {
    if (!emits(call)) return []
    return (configsOf(call) ?? []).flatMap((given) => configAt(path.resolve(directory, given)) ?? [])
  })
}

/** What compiles tagged functions: the patched compiler, or where none can be, our own command. */
export type Compiler = 'tspc' | 'deche build'

/**
 * Turns each `tsc` that writes JavaScript into a call of the compiler, and adds a build if there is none. Answers what is
 * left to people.
 */
export function editScripts(file: string, main: string, compiler: Compiler, edits: Edits): string[] {
  const left: string[] = []
  for (const { name, call } of callsOf(scriptsOf(edits.read(file))).reverse()) {
    if (call.word === compiler || !emits(call)) continue
    const configs = configsOf(call)
    if (configs === undefined) {
      left.push(`The script '${name}' gives tsc source files, for which it reads no tsconfig.json, and so no plugin.`)
    } else if (emitting(configs, main, edits).length > 0) {
      if (call.certain) replaceWord(file, name, call, compiler, edits)
      else left.push(`If the script '${name}' compiles with ${call.word}, let it compile with ${compiler}.`)
    }
  }
  const scripts = scriptsOf(edits.read(file))
  if (buildsWith(compiler, scripts)) return left
  if (!scripts.has('build')) addScript(file, 'build', buildCommand(main, compiler, edits), edits)
  else left.push(`No script builds with ${compiler}, without which the tags are comments.`)
  return left
}

/** Adds a script that checks, unless one does. */
export function addCheck(file: string, edits: Edits): void {
  const scripts = scriptsOf(edits.read(file))
  if (!Array.from(scripts.values()).some(({ line }) => /\bdeche check\b/.test(line)))
    addScript(file, 'deche:check', 'deche check', edits)
}

function buildsWith(compiler: Compiler, scripts: Scripts): boolean {
  if (compiler === 'deche build') return Array.from(scripts.values()).some(({ line }) => /\bdeche build\b/.test(line))
  return callsOf(scripts).some(({ call }) => call.word === compiler && !isWatch(call))
}

function emitting(configs: readonly string[], main: string, edits: Edits): string[] {
  const directory = path.dirname(main)
  const files = configs.flatMap((given) => configAt(path.resolve(directory, given)) ?? [])
  return emittingConfigs(configs.length === 0 ? [main] : files, directory, edits)
}

function buildCommand(main: string, compiler: Compiler, edits: Edits): string {
  return edits.tsconfig(main).isSolution ? `${compiler} --build` : compiler
}

function replaceWord(file: string, name: string, { at, word }: CompilerCall, compiler: Compiler, edits: Edits): void {
  const json = edits.read(file)
  const script = scriptsOf(json).get(name)
  if (script === undefined) return
  const line = `${script.line.slice(0, at)}${compiler}${script.line.slice(at + word.length)}`
  edits.set(replaceString(json, script.node, line))
}

function addScript(file: string, name: string, line: string, edits: Edits): void {
  const json = edits.read(file)
  const scripts = propertyOf(json.root, 'scripts')
  const text = JSON.stringify(line)
  edits.set(
    scripts === undefined
      ? addProperty(json, json.root, 'scripts', (indent) =>
          ['{', `${indent}${json.indent}${JSON.stringify(name)}: ${text}`, `${indent}}`].join(json.eol),
        )
      : addProperty(json, scripts, name, () => text),
  )
}

function scriptsOf(manifest: JsonText): Scripts {
  const scripts = propertyOf(manifest.root, 'scripts')
  if (scripts !== undefined && scripts.type !== 'object')
    throw problemAt(manifest, scripts.offset, '"scripts" must be an object')
  const entries = (scripts?.children ?? []).flatMap(({ children }) => {
    const [name, node] = children ?? []
    return name === undefined || typeof node?.value !== 'string'
      ? []
      : [[String(name.value), { node, line: node.value }] as const]
  })
  return new Map(entries)
}

function callsOf(scripts: Scripts): { readonly name: string; readonly call: CompilerCall }[] {
  const names = new Set(scripts.keys())
  return [...scripts].flatMap(([name, { line }]) => compilerCalls(line, names).map((call) => ({ name, call })))
}

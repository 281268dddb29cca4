import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { getNodeValue, type Node } from 'jsonc-parser'
import { type JsonText, propertyOf, readJsonText } from './json-text.js'

/** The value of an option, and where it is set. */
interface Found {
  readonly value: unknown
  readonly node: Node
  readonly json: JsonText
}

/** A configuration of the compiler, as far as deche must know it. */
export class Tsconfig {
  readonly json: JsonText
  readonly #read: (file: string) => JsonText

  /** `read` sees changes that are not written yet. Throws for what cannot be read, with the place. */
  constructor(file: string, read: (file: string) => JsonText = (each) => readJsonText(each, 'jsonc')) {
    this.json = read(file)
    this.#read = read
  }

  get file(): string {
    return this.json.file
  }

  /** Its own list, before what it extends is asked. */
  get ownPlugins(): Node | undefined {
    return propertyOf(propertyOf(this.json.root, 'compilerOptions'), 'plugins')
  }

  /** The list that counts: its own replaces that of the file it extends. */
  get plugins(): readonly unknown[] {
    const plugins = this.option('plugins')
    return Array.isArray(plugins) ? plugins : []
  }

  get hasDeche(): boolean {
    return this.plugins.some(isDeche)
  }

  /** The entry of deche, and the file that it stands in: this one or one that it extends. */
  get decheEntry(): { readonly json: JsonText; readonly node: Node } | undefined {
    const list = this.#option('plugins', new Set())
    const node = list?.node.children?.find((entry) => isDeche(getNodeValue(entry)))
    return list === undefined || node === undefined ? undefined : { json: list.json, node }
  }

  /** Whether the compiler writes JavaScript with it. */
  get emits(): boolean {
    return this.option('noEmit') !== true && this.option('emitDeclarationOnly') !== true
  }

  /** It has no files of its own, only references to other projects. */
  get isSolution(): boolean {
    const files = propertyOf(this.json.root, 'files')
    const isEmpty = files !== undefined && files.children?.length === 0
    return isEmpty && propertyOf(this.json.root, 'include') === undefined && this.references.length > 0
  }

  /** The files of the referenced projects that exist. */
  get references(): readonly string[] {
    const list = propertyOf(this.json.root, 'references')?.children ?? []
    return list.flatMap((reference) => {
      const given: unknown = propertyOf(reference, 'path')?.value
      if (typeof given !== 'string') return []
      return configAt(path.resolve(path.dirname(this.file), given)) ?? []
    })
  }

  /** The value of a compiler option, wherever it is set. */
  option(name: string): unknown {
    return this.#option(name, new Set())?.value
  }

  /** An option that is a path, which counts from the file that sets it. */
  pathOption(name: string): string | undefined {
    const found = this.#option(name, new Set())
    if (typeof found?.value !== 'string') return undefined
    const given = found.value.replace(/^\$\{configDir\}/, path.dirname(this.file))
    return path.resolve(path.dirname(found.json.file), given)
  }

  #option(name: string, seen: Set<string>): Found | undefined {
    if (seen.has(this.file)) return undefined
    seen.add(this.file)
    const own = propertyOf(propertyOf(this.json.root, 'compilerOptions'), name)
    if (own !== undefined) return { value: getNodeValue(own), node: own, json: this.json }
    for (const base of this.#bases().reverse()) {
      const found = base.#option(name, seen)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** What it extends, where that can be found: the compiler reports what cannot. */
  #bases(): Tsconfig[] {
    const node = propertyOf(this.json.root, 'extends')
    const given: unknown[] = node === undefined ? [] : [getNodeValue(node)].flat()
    return given.flatMap((specifier) => {
      const file = typeof specifier === 'string' ? extended(specifier, this.file) : undefined
      return file === undefined ? [] : [new Tsconfig(file, this.#read)]
    })
  }
}

/** The nearest tsconfig.json of a directory or above. */
export function tsconfigAbove(directory: string): string | undefined {
  const file = path.join(directory, 'tsconfig.json')
  if (existsSync(file)) return file
  return path.dirname(directory) === directory ? undefined : tsconfigAbove(path.dirname(directory))
}

/** The configuration that a path given to `-p` or in `references` means: a file, or the tsconfig.json of a directory. */
export function configAt(given: string): string | undefined {
  const candidates = [given, path.join(given, 'tsconfig.json')]
  return candidates.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
}

/** A plugin's entry that is deche, whatever its options. */
export function isDeche(plugin: unknown): boolean {
  const transform: unknown =
    typeof plugin === 'object' && plugin !== null ? Reflect.get(plugin, 'transform') : undefined
  return (
    typeof transform === 'string' &&
    /(?:^|[\\/])deche[\\/](?:dist[\\/])?transformer(?:[\\/]index)?(?:\.js)?$/.test(transform)
  )
}

function extended(specifier: string, from: string): string | undefined {
  if (path.isAbsolute(specifier) || /^\.\.?(?:[\\/]|$)/.test(specifier)) {
    const file = path.resolve(path.dirname(from), specifier)
    return [file, `${file}.json`].find((each) => statSync(each, { throwIfNoEntry: false })?.isFile())
  }
  const { resolve } = createRequire(from)
  for (const name of [`${specifier}/tsconfig.json`, specifier, `${specifier}.json`]) {
    try {
      return resolve(name)
    } catch {
      // Another spelling, perhaps.
    }
  }
  return undefined
}

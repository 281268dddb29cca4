import { accessSync, constants, existsSync, opendirSync, statSync } from 'node:fs'
import path from 'node:path'
import { readEnvironment } from '../../runtime/config/env.js'
import { Cache, type Store } from '../../runtime/index.js'
import { type Tier, tiersOf } from '../../runtime/store/tiered.js'
import { moduleOf } from '../../transformer/module-id.js'
import { ignoreEntries } from '../init/gitignore.js'
import { shownPath } from '../init/paths.js'
import { type Finding, note, right, wrong } from './finding.js'

/** Files that are counted at most. */
const MOST = 100_000

/** The configuration and the environment, and where entries lie. */
export function storeFindings(directory: string): Finding[] {
  return [...environmentFindings(), ...configuredFindings(directory)]
}

function configuredFindings(directory: string): Finding[] {
  let store: Store
  try {
    store = new Cache().store
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // What is behind the name of a storage option may be a secret.
    const told = message.replace(/(storageOptions\b[^:]*:).*/s, '$1 …')
    return [wrong('configuration', told, 'Mend it: no function is cached with it.')]
  }
  return (tiersOf(store) ?? [{ store, readonly: false }]).flatMap((tier) => tierFindings(tier, directory))
}

function tierFindings({ store, readonly }: Tier, directory: string): Finding[] {
  if (store.protocol === 'memory') return [right('store', store.protocol)]
  if (store.protocol !== 'file') return [elsewhereFinding(store), ...unnamedFindings(store, directory)]
  return [directoryFinding(store.location, readonly), ...ignoredFindings(store.location, directory)]
}

/** Whether a store elsewhere answers, which its configuration alone does not say. */
function elsewhereFinding({ location, sync }: Store): Finding {
  try {
    sync.stat('deche.doctor/question')
    return right('store', `${location} answers`)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return wrong('store', message, 'Functions run without it until it answers.')
  }
}

/** Ids begin with the package's name, which alone tells the functions of two projects apart. */
function unnamedFindings({ location }: Store, directory: string): Finding[] {
  if (moduleOf(path.join(directory, 'package.json')).packageName !== undefined) return []
  return [
    wrong(
      'package.json',
      `it has no name, so that ids of functions in ${location} are those of any other project without one`,
      'Give the package a name.',
    ),
  ]
}

/** Variables whose values say nothing that is secret. */
const OPEN = /^DECHE_(?:MODE|TTL|EXPIRY|ERRORS|MEMORY|SHARE|UNKEYABLE|FS__PROTOCOL)$/

function environmentFindings(): Finding[] {
  const unknown = new Set(unknownVariables())
  return Object.keys(process.env)
    .filter((name) => name.startsWith('DECHE_') && process.env[name])
    .sort()
    .map((name) => {
      if (unknown.has(name)) return note(name, 'it is set, and no setting of deche')
      return note(name, OPEN.test(name) ? `it is set to '${process.env[name]}'` : 'it is set')
    })
}

function unknownVariables(): readonly string[] {
  try {
    return readEnvironment(process.env).unknown
  } catch {
    // What is wrong is said of the configuration.
    return []
  }
}

function directoryFinding(location: string, isOnlyRead: boolean): Finding {
  const shown = shownPath(location)
  try {
    const size = existsSync(location) ? sizeOf(location) : undefined
    accessSync(nearest(location), isOnlyRead ? constants.R_OK : constants.W_OK)
    if (size === undefined) return right('store', `${shown} does not exist yet${isOnlyRead ? '' : ', and can be made'}`)
    const { files, bytes } = size
    return right('store', `${shown}, ${files < MOST ? '' : 'more than '}${files} files, ${bytes} bytes`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return wrong(
      'store',
      `${shown} cannot be used: ${reason}`,
      'Mend that, or set DECHE_FS__PREFIX to a directory that can be written.',
    )
  }
}

function nearest(location: string): string {
  return existsSync(location) || path.dirname(location) === location ? location : nearest(path.dirname(location))
}

function sizeOf(location: string): { readonly files: number; readonly bytes: number } {
  let files = 0
  let bytes = 0
  const folders = [location]
  for (const folder of folders) {
    const opened = opendirSync(folder)
    try {
      for (let entry = opened.readSync(); entry !== null && files < MOST; entry = opened.readSync()) {
        const full = path.join(folder, entry.name)
        if (entry.isDirectory()) folders.push(full)
        else {
          files++
          bytes += statSync(full, { throwIfNoEntry: false })?.size ?? 0
        }
      }
    } finally {
      opened.closeSync()
    }
  }
  return { files, bytes }
}

/** Only the default directory, within a repository: whoever chose another one decided about it. */
function ignoredFindings(location: string, directory: string): Finding[] {
  if (location !== path.join(directory, '.deche') || ignoreEntries(directory) === undefined) return []
  return [note('.gitignore', 'it does not cover .deche/', 'Add the line .deche/ unless entries are to be committed.')]
}

import { fork } from 'node:child_process'
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import path from 'node:path'
import type { BuildReport } from '../build.js'
import { isSource } from './compilation.js'

/** Milliseconds of silence that end a burst of changes: editors write a file in several steps. */
const SILENCE = 100

/**
 * Builds again whenever an input changes, each time in a process of its own, which remembers no earlier texts. Never
 * ends by itself.
 */
export async function watchBuild(args: readonly string[]): Promise<never> {
  let inputs: readonly string[] = []
  say('Starting compilation in watch mode...')
  for (;;) {
    const started = Date.now()
    const before = fingerprint(inputs)
    const { status, report } = await buildOnce(args)
    const missed = fingerprint(inputs) !== before
    inputs = report?.inputs ?? inputs
    say(`${status === 0 ? 'Found no errors' : 'Found errors'}. Watching for file changes.`)
    if (!missed && !inputs.some((file) => timeOf(file) > started)) await changeOf(inputs)
    say('File change detected. Starting compilation...')
  }
}

interface Built {
  readonly status: number | null
  readonly report: BuildReport | undefined
}

function buildOnce(args: readonly string[]): Promise<Built> {
  return new Promise((done, failed) => {
    const child = fork(process.argv[1] ?? '', ['build', ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const end = () => child.kill()
    process.once('exit', end)
    let report: BuildReport | undefined
    child.on('message', (message) => {
      report = message as BuildReport
    })
    child.once('error', failed)
    child.once('close', (status) => {
      process.removeListener('exit', end)
      done({ status, report })
    })
  })
}

/** Resolves when an input, or which sources there are, is not what it was. */
async function changeOf(inputs: readonly string[]): Promise<void> {
  const before = fingerprint(inputs)
  const watchers: FSWatcher[] = []
  try {
    await new Promise<void>((done, failed) => {
      let timer: NodeJS.Timeout | undefined
      const look = () => {
        if (fingerprint(inputs) !== before) done()
      }
      for (const directory of directoriesOf(inputs)) {
        const watcher = watch(directory, () => {
          clearTimeout(timer)
          timer = setTimeout(look, SILENCE)
        })
        // A directory that is removed is a change like others.
        watchers.push(
          watcher.once('error', (error) => ('code' in error && error.code === 'EPERM' ? look() : failed(error))),
        )
      }
      // What changed while the watchers were made.
      look()
    })
  } finally {
    for (const watcher of watchers) watcher.close()
  }
}

/** When each input was changed, and the names of all sources and directories around them. */
function fingerprint(inputs: readonly string[]): string {
  const times = inputs.map((file) => `${file} ${timeOf(file)}`)
  const names = directoriesOf(inputs).flatMap((directory) =>
    entriesOf(directory).flatMap((entry) => {
      const isNew = isSource(entry.name) && !/\.[cm]?jsx?$/i.test(entry.name)
      const full = path.join(directory, entry.name)
      if (/^(?:package|tsconfig.*)\.json$/.test(entry.name)) return [`${full} ${timeOf(full)}`]
      return isNew ? [full] : []
    }),
  )
  return [...times, ...names].join('\n')
}

/** Those of the inputs, and all below them: a new file may be anywhere there. */
function directoriesOf(inputs: readonly string[]): string[] {
  const found = new Set<string>()
  const add = (directory: string) => {
    if (found.has(directory)) return
    found.add(directory)
    for (const entry of entriesOf(directory)) {
      if (entry.isDirectory() && !isPassedBy(entry.name)) add(path.join(directory, entry.name))
    }
  }
  for (const file of inputs) {
    const directory = path.dirname(path.resolve(file))
    if (!directory.split(path.sep).includes('node_modules')) add(directory)
  }
  return [...found]
}

function isPassedBy(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.')
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch {
    return []
  }
}

/** Milliseconds since the epoch; 0 for a file that is gone. */
function timeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function say(words: string): void {
  process.stdout.write(`[${new Date().toLocaleTimeString()}] ${words}\n\n`)
}

import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const tests = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** The file store and the programs of test/programs in a directory that every user can read. */
export class StorePrograms {
  readonly directory = mkdtempSync(join(tmpdir(), 'deche-programs-'))

  constructor() {
    chmodSync(this.directory, 0o755)
    buildSync({
      stdin: { contents: "import './cold.js'; export * from './store/file.js'", resolveDir: join(tests, '../runtime') },
      outfile: this.path('file-store.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
    })
    for (const name of ['store-ops.mjs', 'store-writer.mjs', 'store-reader.mjs', 'self-verifying.mjs']) {
      copyFileSync(join(tests, 'programs', name), this.path(name))
      chmodSync(this.path(name), 0o644)
    }
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  /** Runs operations of a store in a process of its own; `limit` is a shell command before it, `umask 000` say. */
  run(store: string, operations: readonly Operation[], options: { limit?: string; uid?: number } = {}): unknown[] {
    const { limit = ':', uid } = options
    const spawning: SpawnSyncOptionsWithStringEncoding = { encoding: 'utf8', cwd: '/', timeout: 120_000 }
    const ids = uid === undefined ? {} : { uid, gid: uid }
    const command = [process.execPath, this.path('store-ops.mjs'), store, JSON.stringify(operations)]
    const child = spawnSync('sh', ['-c', `${limit} && exec "$@"`, 'sh', ...command], { ...spawning, ...ids })
    if (child.status !== 0) throw new Error(`status ${child.status}, signal ${child.signal}: ${child.stderr}`)
    return JSON.parse(child.stdout)
  }

  remove(): void {
    rmSync(this.directory, { recursive: true })
  }
}

/** One operation of store-ops.mjs. Its answer is a fact, or the code of the error. */
export type Operation =
  | readonly ['write' | 'writeAsync', path: string, size: number, byte: number]
  | readonly ['read' | 'readAsync' | 'remove' | 'list', path: string]
  | readonly ['exhaust' | 'release']

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const here = dirname(fileURLToPath(import.meta.url))
export const repository = dirname(here)

/** Compiles the TypeScript of a folder, with the transformer, in a project of its own below `parent`; `use` gets its directory. */
export async function withProject(folder, use, parent = tmpdir()) {
  const directory = realpathSync(mkdtempSync(join(parent, 'deche-bench-')))
  try {
    cpSync(folder, join(directory, 'src'), { recursive: true, filter: (path) => !path.endsWith('.mjs') })
    mkdirSync(join(directory, 'node_modules/@types'), { recursive: true })
    symlinkSync(repository, join(directory, 'node_modules/deche'), 'junction')
    symlinkSync(join(repository, 'node_modules/@types/node'), join(directory, 'node_modules/@types/node'), 'junction')
    const options = {
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      rootDir: 'src',
      outDir: 'out',
      strict: true,
    }
    const plugins = [{ transform: 'deche/transformer' }]
    const files = {
      'package.json': { name: 'bench', type: 'module' },
      'tsconfig.json': { compilerOptions: { ...options, plugins }, include: ['src'] },
    }
    for (const [file, content] of Object.entries(files)) writeFileSync(join(directory, file), JSON.stringify(content))
    node(directory, join(repository, 'node_modules/ts-patch/bin/tspc.js'))
    return await use(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Runs Node there; what it printed. */
export function node(cwd, ...args) {
  return nodeWith({}, cwd, ...args)
}

export function nodeWith(env, cwd, ...args) {
  const options = { cwd, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 2 ** 28 }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options)
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}

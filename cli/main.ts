#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import cac from 'cac'
import { palette } from './colours.js'
import type { PruneFlags } from './prune.js'

/** The `deche` command. It ends with 0, with 1 when `check` found something, and with 2 when it could not do its work. */

const cli = cac('deche')

cli
  .command(
    'check [...paths]',
    'Find what is wrong with @deche tags (default: in all files below the working directory)',
  )
  .option('--json', 'Print what was found as JSON')
  .option('--allow <codes>', 'Accept these warnings: DECHE1070,DECHE1072')
  .option('--built <directory>', "Check that every function is compiled in the compiler's output")
  .option('--no-types', 'Do not look at types, which needs a compiler')
  .action(async (paths: string[], options: CheckFlags) => {
    const { check } = await import('./check.js')
    const { allowedCodes } = await import('./allowed.js')
    const { asJson, asText } = await import('./report.js')
    const output = options.built === undefined ? undefined : String(options.built)
    const found = await check([...paths, ...options['--']], {
      types: options.types ?? true,
      allow: allowedCodes(options.allow),
      output,
    })
    const checked = output === undefined ? found : (await import('./built.js')).checkBuilt(found, output)
    process.stdout.write(options.json ? asJson(checked) : asText(checked, palette))
    if (checked.problems.length > 0 || checked.unreadable.length > 0) process.exitCode = 1
  })

interface CheckFlags {
  readonly json?: boolean
  readonly allow?: unknown
  readonly types?: boolean
  readonly built?: unknown
  readonly '--': readonly string[]
}

cli
  .command('build [...projects]', 'Compile a project with its own tsc, and cache its tagged functions')
  .usage('build [-p <project> | -b] [options of tsc]')
  .allowUnknownOptions()
  .option('-p, --project <path>', 'The tsconfig.json, or its directory (default: the nearest one)')
  .option('-b, --build', 'Compile the projects that it refers to as well')
  .option('-w, --watch', 'Compile again when a file changes')
  .action(async () => {
    const { build } = await import('./build.js')
    process.exitCode = await build(process.argv.slice(3))
  })

cli
  .command('doctor', 'Find what is wrong with the way that this project is set up')
  .option('--json', 'Print it as JSON')
  .action(async (options: { readonly json?: boolean }) => {
    const { asJson, asText, doctor } = await import('./doctor.js')
    const findings = doctor(process.cwd())
    process.stdout.write(options.json ? asJson(findings) : asText(findings, palette))
    if (findings.some(({ state }) => state === 'wrong')) process.exitCode = 1
  })

cli
  .command('explain <function>', 'Show what is in the hash of a function, and what changed since its entries were made')
  .option('--json', 'Print it as JSON')
  .action(async (what: string, options: { readonly json?: boolean }) => {
    const { asJson, asText, explain } = await import('./explain.js')
    const explained = explain(what)
    process.stdout.write(options.json ? asJson(explained) : asText(explained, palette))
  })

cli
  .command('init [directory]', 'Set a project up: tsconfig.json, scripts, .gitignore (default: the working directory)')
  .option('--dry-run', 'Show what would change, and write nothing')
  .action(async (directory: string | undefined, options: { readonly dryRun?: boolean }) => {
    const { init } = await import('./init.js')
    process.stdout.write(init(directory ?? '.', { dryRun: options.dryRun === true }, palette))
  })

cli
  .command('ls', 'List the functions that have stored entries')
  .option('--prefix <directory>', 'The directory of the entries (default: the configured store)')
  .action(async (options: { readonly prefix?: unknown }) => {
    const { list } = await import('./list.js')
    for await (const line of list(options.prefix === undefined ? undefined : String(options.prefix))) {
      process.stdout.write(`${line}\n`)
    }
  })

cli
  .command('prune [...ids]', 'Remove entries until limits hold, least recently used first (default: of all functions)')
  .option('--max-size <size>', 'Bytes of files to keep: 500MB, 2GiB')
  .option('--max-age <age>', 'Remove entries that were written longer ago: 30d')
  .option('--max-entries <number>', 'Results and exceptions to keep')
  .option('--prefix <directory>', 'The directory of the entries (default: the configured store)')
  .option('--dry-run', 'Show what would be removed, and remove nothing')
  .option('--json', 'Print it as JSON')
  .action(async (ids: string[], options: PruneFlags & { readonly json?: boolean }) => {
    const { asJson, asText, prune } = await import('./prune.js')
    const report = await prune(ids, options)
    process.stdout.write(options.json ? asJson(report) : asText(report))
  })

// cac tells the default of its own `types`, which is not the option that is shown.
cli.help((sections) =>
  sections.map((section) => ({ ...section, body: section.body.replace(/ \(default: true\)$/gm, '') })),
)
cli.version(version())

// A reader that has seen enough (`deche ls | head`) closes the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  cli.parse(process.argv, { run: false })
  if (cli.matchedCommand !== undefined) await cli.runMatchedCommand()
  else if (!cli.options.help && !cli.options.version) misused()
} catch (error) {
  if (error instanceof Error && error.name === 'CACError') misuse(error.message)
  else fail(error instanceof Error ? error.message : String(error))
}

function misused(): void {
  const [command] = cli.args
  const [option] = Object.keys(cli.options).filter((name) => name !== '--')
  if (command !== undefined) misuse(`unknown command '${command}'`)
  else if (option !== undefined) misuse(`unknown option '${option.length > 1 ? `--${option}` : `-${option}`}'`)
  else misuse('a command is missing')
}

function misuse(problem: string): void {
  fail(`${problem}\nRun deche --help to see what it can do.`)
}

function fail(problem: string): void {
  process.stderr.write(`deche: ${problem}\n`)
  process.exitCode = 2
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null ? String(Reflect.get(manifest, 'version')) : ''
}

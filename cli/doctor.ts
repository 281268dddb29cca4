import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Palette } from './colours.js'
import { compilingFindings } from './doctor/compiling.js'
import type { Finding } from './doctor/finding.js'
import { decheFindings, nodeFinding } from './doctor/packages.js'
import { storeFindings } from './doctor/store.js'
import { readJsonText } from './init/json-text.js'

/**
 * What is right and what is wrong with a project, as far as can be seen without building it. Nothing is written, and
 * nothing that may be secret is told.
 *
 * @throws an Error where there is no package.json, or one that cannot be read.
 */
export function doctor(directory: string): Finding[] {
  const file = path.join(directory, 'package.json')
  if (!existsSync(file)) throw new Error('there is no package.json here: run deche doctor where it is')
  const manifest = readJsonText(file, 'json')
  return [
    nodeFinding(process.versions.node),
    ...decheFindings(manifest),
    ...compilingFindings(manifest),
    ...storeFindings(directory),
  ]
}

/** A line for each finding, and below it what to do. */
export function asText(findings: readonly Finding[], colours: Palette): string {
  const mark = { right: colours.green('ok   '), wrong: colours.red('wrong'), note: colours.yellow('note ') }
  const lines = findings.map(({ state, subject, message, fix }) => {
    const advice = fix === undefined ? '' : `\n      ${fix}`
    return `${mark[state]} ${colours.bold(subject)}: ${message}${advice}\n`
  })
  const count = findings.filter(({ state }) => state === 'wrong').length
  const summary = count === 0 ? colours.green('nothing is wrong') : colours.red(`${count} wrong`)
  return `${lines.join('')}\n${summary}\n`
}

/** What `deche doctor --json` prints. */
export function asJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ findings }, null, 2)}\n`
}

/**
 * `node .ci/summary.mjs <folder>`: what became of each part and which tests failed, on plain lines, and the numbers of
 * `npm test` on the last. Ends with 1 unless all is well.
 *
 * The folder has `parts.txt`, a line for each part, and reports of vitest: `tests.json` of `npm test`, and others.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const [folder = '.'] = process.argv.slice(2)
const reports = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ name: path.basename(file, '.json'), report: read(file) }))

console.log('\nSummary')
for (const line of readFileSync(path.join(folder, 'parts.txt'), 'utf8').split('\n').filter(Boolean)) {
  console.log(line)
  if (!line.includes(': passed')) process.exitCode = 1
}
for (const { name, report } of reports) {
  if (report === undefined) {
    console.log(`failed, ${name}: its report cannot be read`)
    process.exitCode = 1
    continue
  }
  // A file that could not be loaded has no failed test, but fails.
  if (!report.success) process.exitCode = 1
  for (const file of report.testResults.filter(({ status }) => status === 'failed')) {
    const shown = path.relative('', file.name)
    const failed = file.assertionResults.filter(({ status }) => status === 'failed')
    if (failed.length === 0) console.log(`failed, ${name}: ${shown}: ${String(file.message).split('\n')[0]}`)
    for (const { fullName } of failed) console.log(`failed, ${name}: ${shown} > ${fullName}`)
  }
}

const tests = reports.find(({ name }) => name === 'tests')?.report
if (tests === undefined) {
  console.log('No tests ran.')
  process.exitCode = 1
} else {
  const skipped = tests.numPendingTests + tests.numTodoTests
  console.log(`${tests.numPassedTests} passed, ${tests.numFailedTests} failed, ${skipped} skipped`)
}

function read(file) {
  try {
    return JSON.parse(readFileSync(path.join(folder, file), 'utf8'))
  } catch {
    return undefined
  }
}

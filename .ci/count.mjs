/** `node .ci/count.mjs <report>`: the numbers in a JSON report of vitest, on one plain line. Ends with 1 unless all is well. */
import { readFileSync } from 'node:fs'

const [file] = process.argv.slice(2)
let report
try {
  report = JSON.parse(readFileSync(file, 'utf8'))
} catch {
  console.log('No tests ran.')
  process.exit(1)
}
const failed = report.numFailedTests
const skipped = report.numPendingTests + report.numTodoTests
console.log(`${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`)
// A file that could not be loaded has no failed test, but fails.
if (failed > 0 || !report.success) process.exitCode = 1

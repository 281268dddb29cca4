import { closestMatch } from 'leven'
import { DIAGNOSTIC_SEVERITIES } from '../transformer/diagnostics.js'

/**
 * The codes that `--allow` names: one, several with commas, or the option several times. Throws for what is no code of a
 * warning: an error fails the build in any case.
 */
export function allowedCodes(given: unknown): ReadonlySet<string> {
  const words = [given ?? []].flat().flatMap((each) => String(each).split(','))
  const codes = words.map((word) => word.trim()).filter((word) => word !== '')
  for (const code of codes) {
    const severity = Object.hasOwn(DIAGNOSTIC_SEVERITIES, code) ? DIAGNOSTIC_SEVERITIES[code] : undefined
    if (severity === 'error') throw new Error(`--allow: ${code} is an error; only warnings can be accepted`)
    if (severity === undefined) {
      const warnings = Object.keys(DIAGNOSTIC_SEVERITIES).filter((each) => DIAGNOSTIC_SEVERITIES[each] === 'warning')
      const nearest = closestMatch(code, warnings, { maxDistance: 2 })
      throw new Error(`--allow: '${code}' is no code of a warning${nearest ? `; did you mean ${nearest}?` : ''}`)
    }
  }
  return new Set(codes)
}

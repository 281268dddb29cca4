import { type Messages, oneOf, text } from './text.js'

/** What a function depends on, or shows, that its tag does not say. The results may be right: these are warnings. */
export const AMBIENT_MESSAGES = {
  readsVariable: [
    'DECHE1060',
    'warning',
    (name: string, word: string, ignore: string) =>
      text(
        `${name} reads the variable '${word}', which changes and is not in its key`,
        `Pass it as a parameter, make it const, or write ${ignore} if the result does not depend on it.`,
      ),
  ],
  readsEnvironment: [
    'DECHE1061',
    'warning',
    (name: string, word: string, ignore: string) =>
      text(
        `${name} reads ${word}, which is not in its key`,
        `Make it the default of a parameter, or write ${ignore} if the result does not depend on it.`,
      ),
  ],
  readsClock: [
    'DECHE1062',
    'warning',
    (name: string, word: string, ignore: string) =>
      text(
        `${name} reads the clock with ${word}, but what it returns is kept for later`,
        `Make the time a parameter, say with ttl= how long a result holds, or write ${ignore} if the result does not depend on it.`,
      ),
  ],
  readsRandomness: [
    'DECHE1063',
    'warning',
    (name: string, word: string, ignore: string) =>
      text(
        `${name} is random through ${word}, but what it returns is kept for later`,
        `Make what is random a parameter, say with ttl= how long a result holds, or write ${ignore} if the result does not depend on it.`,
      ),
  ],
  readsThis: [
    'DECHE1064',
    'warning',
    (name: string, reads: readonly string[], attrs: string, ignore: string) =>
      text(
        `${name} reads ${allOf(reads)}, which ${reads.length === 1 ? 'is' : 'are'} not in its key`,
        `Write ${attrs}, or ${ignore} if the result does not depend on ${reads.length === 1 ? 'it' : 'them'}.`,
      ),
  ],
  secret: [
    'DECHE1065',
    'warning',
    (word: string, redact: string, ignore: string) =>
      text(
        `'${word}' looks like a secret, and would be stored in clear beside the results`,
        `Write ${redact}, or ${ignore} if the result does not depend on it.`,
      ),
  ],
  branchesOnIgnored: [
    'DECHE1066',
    'warning',
    (name: string, word: string) =>
      text(
        `'${word}' is ignored, but ${name} decides by it what to do`,
        `Take ${word} out of ignore=. If the result is the same either way, leave the decision to a function that ${name} calls.`,
      ),
  ],
  passesThis: [
    'DECHE1067',
    'warning',
    (name: string) =>
      text(
        `${name} uses 'this' as a whole, of which nothing is in its key`,
        'Write attrs= with the properties that the result depends on, or ignore=this if there are none.',
      ),
  ],
} as const satisfies Messages

/** `a, b and c` */
function allOf(words: readonly string[]): string {
  return oneOf(words).replace(/ or (?=[^ ]+$)/, ' and ')
}

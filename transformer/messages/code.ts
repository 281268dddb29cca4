import { type Messages, text } from './text.js'

/** About the hash of a function's code. */
export const CODE_MESSAGES = {
  codeChanged: [
    'DECHE1080',
    'warning',
    (name: string, date: string) =>
      text(
        `the code of ${name} has changed since stored entries of it were made (${date}), and they still answer`,
        'Write version=auto to recompute on each change, version=2 to decide yourself, or remove the entries.',
      ),
  ],
  codeNotFound: [
    'DECHE1081',
    'warning',
    (name: string, specifier: string, from: string) =>
      text(
        `version=auto of ${name}: '${specifier}'${from === '' ? '' : ` in ${from}`} leads to no file, so what changes there is not noticed`,
        'Correct the import, or count its changes yourself: version=2.',
      ),
  ],
} as const satisfies Messages

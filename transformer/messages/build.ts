import { type Messages, text } from './text.js'

/** What only a build of many files can see. */
export const BUILD_MESSAGES = {
  idInOtherFile: [
    'DECHE1040',
    'error',
    (id: string, place: string) =>
      text(
        `the id ${id} is taken by the function at ${place}`,
        'Rename one of the functions, or give it name= in its tag.',
      ),
  ],
  moduleFormat: [
    'DECHE1041',
    'error',
    (format: string) =>
      text(
        `tagged functions cannot be compiled to ${format} modules`,
        'Set "module" in tsconfig.json to "nodenext", "esnext", "preserve" or "commonjs".',
      ),
  ],
  bodyReplaced: [
    'DECHE1042',
    'error',
    (name: string) =>
      text(
        `another plugin replaced the body of ${name} before deche could see it`,
        'Put { "transform": "deche/transformer" } first in "plugins" in tsconfig.json.',
      ),
  ],
  unreadFile: [
    'DECHE1044',
    'warning',
    () =>
      text(
        'nothing here is cached: only files of JavaScript and TypeScript are looked at',
        'Move the function into a file of its own and import it.',
      ),
  ],
} as const satisfies Messages

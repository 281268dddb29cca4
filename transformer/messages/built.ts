import { type Messages, text } from './text.js'

/** What `deche check --built` finds when it looks into the compiler's output. */
export const BUILT_MESSAGES = {
  notCompiled: [
    'DECHE1090',
    'error',
    (name: string, id: string, directory: string, fix: string) =>
      text(`${name} is not cached in what was built: no JavaScript in ${directory} has a look-up of ${id}`, fix),
  ],
  builtFromOtherCode: [
    'DECHE1091',
    'error',
    (name: string, file: string) =>
      text(
        `${file} was built from other code of ${name}`,
        'Build again with tspc, into an empty directory if the build keeps old files.',
      ),
  ],
} as const satisfies Messages

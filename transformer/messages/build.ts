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
  pluginIgnored: [
    'DECHE1043',
    'warning',
    (version: string) =>
      text(
        `TypeScript ${version} has no plugins and ignores this entry in silence`,
        "Build with 'deche build' or a bundler's plugin, and remove the entry; or install typescript@6 for tspc.",
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
  lostTags: [
    'DECHE1045',
    'warning',
    (count: number) =>
      text(
        `another plugin removed ${count === 1 ? 'a tag' : `${count} tags`} of this file before deche could see ${count === 1 ? 'it' : 'them'}`,
        'List deche() before the other plugins.',
      ),
  ],
} as const satisfies Messages

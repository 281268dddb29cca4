import { type Messages, oneOf, text } from './text.js'

/** What is wrong with a tag itself. */
export const TAG_MESSAGES = {
  annotatesNothing: [
    'DECHE1001',
    'error',
    (what: string, fix: string) => text(`this tag annotates no function: ${what}`, fix),
  ],
  secondTag: [
    'DECHE1002',
    'error',
    (name: string) => text(`${name} has a tag already`, 'Keep one @deche tag and put all its options there.'),
  ],
  unknownOption: [
    'DECHE1003',
    'error',
    (word: string, nearest: string | undefined) =>
      text(
        `'${word}' is not an option of the tag`,
        nearest ? `Did you mean '${nearest}'?` : 'Remove it, or move prose above the tag.',
      ),
  ],
  unknownParameter: [
    'DECHE1004',
    'error',
    (option: string, word: string, name: string, known: readonly string[], nearest: string | undefined) =>
      text(
        `${option}: ${name} has no parameter '${word}'`,
        nearest
          ? `Did you mean '${nearest}'?`
          : `Use ${known.length > 0 ? oneOf(known) : 'no names: it has no parameters'}.`,
      ),
  ],
  optionTwice: ['DECHE1005', 'error', (option: string) => text(`${option} is given twice`, 'Keep one of them.')],
  badValue: [
    'DECHE1006',
    'error',
    (option: string, value: string, problem: string) =>
      text(`${option}: '${value}' ${problem}`, `Correct the value of ${option}.`),
  ],
  noValue: [
    'DECHE1007',
    'error',
    (option: string, accepts: string) => text(`${option} has no value`, `Write ${option}=…: ${accepts}.`),
  ],
  switchWithValue: [
    'DECHE1008',
    'error',
    (option: string) => text(`${option} is a switch and takes no value`, `Write ${option} alone, or remove it.`),
  ],
  notInTags: [
    'DECHE1010',
    'error',
    (option: string) =>
      text(`${option} is an option of caches, not of tags`, `Give ${option} to a Cache or to configure().`),
  ],
  ignoredAndRedacted: [
    'DECHE1011',
    'error',
    (word: string) =>
      text(`'${word}' is both ignored and redacted`, 'Keep redact if the result depends on it, else keep ignore.'),
  ],
  versionParameter: [
    'DECHE1012',
    'error',
    () =>
      text(
        "version= and the parameter 'version' would be one input of the key",
        'Rename the parameter, or remove version= from the tag.',
      ),
  ],
  attrsWithoutThis: [
    'DECHE1013',
    'error',
    (name: string) =>
      text(`attrs: ${name} has no 'this' of its own`, 'Remove attrs, or make it a method or a function expression.'),
  ],
  unknownPrivate: [
    'DECHE1014',
    'error',
    (word: string, nearest: string | undefined) =>
      text(
        `attrs: the class has no private property '${word}'`,
        nearest ? `Did you mean '${nearest}'?` : `Declare ${word} in the class, or remove it from attrs.`,
      ),
  ],
  twoWithOneId: [
    'DECHE1015',
    'error',
    (id: string, line: number) =>
      text(
        `the id ${id} is taken by the function on line ${line}`,
        'Rename one of the functions, or give it name= in its tag.',
      ),
  ],
  malformed: [
    'DECHE1016',
    'error',
    (problem: string) => text(problem, 'Write options as name=value, values with spaces in quotes.'),
  ],
  nameTwice: [
    'DECHE1017',
    'error',
    (option: string, word: string) => text(`${option} lists '${word}' twice`, 'Keep one of them.'),
  ],
  nearTag: [
    'DECHE1018',
    'warning',
    (name: string, reason: string, fix: string) =>
      text(`this does not cache ${name}: ${reason}, so that no tag is seen`, fix),
  ],
} as const satisfies Messages

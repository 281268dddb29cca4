import { type Messages, text } from './text.js'

/** Functions that cannot be cached as they are written. */
export const FUNCTION_MESSAGES = {
  generator: [
    'DECHE1020',
    'error',
    (name: string) =>
      text(`${name} is a generator, which cannot be cached yet`, 'Return an array instead, or remove the tag.'),
  ],
  setter: ['DECHE1021', 'error', (name: string) => text(`${name} is a setter, which has no result`, 'Remove the tag.')],
  constructor_: [
    'DECHE1022',
    'error',
    () => text('a constructor has no result of its own', 'Tag a static method that makes the data it needs.'),
  ],
  readsArguments: [
    'DECHE1023',
    'error',
    (name: string) =>
      text(
        `${name} reads 'arguments', which may hold more than its parameters`,
        'Declare what it needs as parameters, such as ...rest.',
      ),
  ],
  nested: [
    'DECHE1024',
    'error',
    (name: string) =>
      text(
        `${name} is declared inside a function, loop or block, whose variables would be missing from its key`,
        'Move it to the top level of the module and pass what it needs as parameters.',
      ),
  ],
  computedName: [
    'DECHE1025',
    'error',
    () => text('the name of this function is computed, so it has no fixed id', 'Give it a plain name.'),
  ],
  shadowedParameter: [
    'DECHE1026',
    'error',
    (word: string) =>
      text(
        `'${word}' is declared again in the body of the function it is a parameter of`,
        `Rename one of the two '${word}'.`,
      ),
  ],
  directive: [
    'DECHE1027',
    'error',
    (directive: string) =>
      text(`the directive '${directive}' and the tag cannot share a function`, 'Tag a function that this one calls.'),
  ],
  evaluates: [
    'DECHE1028',
    'error',
    (name: string) =>
      text(`${name} calls eval, which could see and change what a cached body has not`, 'Do without eval.'),
  ],
  parameterTwice: [
    'DECHE1029',
    'error',
    (word: string) => text(`two parameters are called '${word}'`, 'Rename one of them.'),
  ],
  noName: [
    'DECHE1030',
    'error',
    () =>
      text(
        'this function has no name to make an id of',
        'Assign it to a variable or a property of a named object first, and tag it there.',
      ),
  ],
} as const satisfies Messages

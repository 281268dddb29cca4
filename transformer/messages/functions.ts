import { type Messages, text } from './text.js'

/** Functions that cannot be cached as they are written. */
export const FUNCTION_MESSAGES = {
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
  computedName: [
    'DECHE1025',
    'error',
    () =>
      text(
        'the name of this function is computed, so it has no fixed id',
        'Give it a plain name, or name= in its tag.',
      ),
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
        'Give it name= in its tag, or assign it to a variable and tag it there.',
      ),
  ],
  superInGenerator: [
    'DECHE1031',
    'error',
    (name: string) =>
      text(
        `${name} is a generator that uses 'super', which its recorded body could not reach`,
        'Call super in a method of its own, and that method here.',
      ),
  ],
  capturesInTurn: [
    'DECHE1032',
    'error',
    (inner: string, variable: string, name: string) =>
      text(
        `'${inner}' reads '${variable}', which would be missing from the key of ${name}`,
        inner === name
          ? `Pass '${variable}' to ${inner} as a parameter.`
          : `Pass '${variable}' to ${inner} as a parameter, or declare ${inner} inside ${name}.`,
      ),
  ],
  insideWith: [
    'DECHE1033',
    'error',
    (name: string) =>
      text(`${name} stands inside a with statement, so nobody knows which variables it reads`, 'Do without with.'),
  ],
  optionOfGenerator: [
    'DECHE1034',
    'error',
    (option: string, name: string, what: string) =>
      text(`${option}: ${name} is a generator, ${what}`, `Remove ${option}, or return an array.`),
  ],
  tooDeep: [
    'DECHE1035',
    'error',
    () => text('the code of this file is nested too deep to be looked at', 'Move the function to a file of its own.'),
  ],
  capturesNewTarget: [
    'DECHE1036',
    'error',
    (name: string) =>
      text(
        `${name} reads 'new.target' of the function around it, which would be missing from its key`,
        'Put what it needs to know into a variable, such as const isNew = new.target !== undefined.',
      ),
  ],
  capturesAnother: [
    'DECHE1037',
    'error',
    (inner: string, variable: string, name: string) =>
      text(
        `'${inner}' lives longer than '${variable}', so ${name} may call one that was made with another '${variable}'`,
        `Declare '${inner}' with const or let in the block of '${variable}'.`,
      ),
  ],
  capturesHoisted: [
    'DECHE1039',
    'error',
    (inner: string, name: string) =>
      text(
        `'${inner}' is declared in a block of sloppy code, so what ran before decides what ${name} calls`,
        `Write 'use strict' at the top of the file, or declare '${inner}' outside of the block.`,
      ),
  ],
  inheritsCaptured: [
    'DECHE1038',
    'error',
    (word: string, name: string, variable: string) =>
      text(
        `'${word}' in ${name} depends on '${variable}', which would be missing from its key`,
        `Tag a method of the class that is extended, or a function that ${name} calls.`,
      ),
  ],
} as const satisfies Messages

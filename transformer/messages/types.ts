import { type Messages, text } from './text.js'

/** What the types of a tagged function say about its calls. */
export const TYPE_MESSAGES = {
  unkeyableParameter: [
    'DECHE1070',
    'warning',
    (fact: string, fix: string) => text(`${fact}, of which no key can be made`, fix),
  ],
  unstorableResult: [
    'DECHE1071',
    'warning',
    (name: string, fact: string, fix: string) =>
      text(`${fact}, which cannot be stored, so ${name} would run in every call`, fix),
  ],
  voidResult: [
    'DECHE1072',
    'warning',
    (name: string) =>
      text(
        `${name} returns nothing, so a hit does nothing but leave out what the body does`,
        'Return what the body finds out, or remove the tag.',
      ),
  ],
} as const satisfies Messages

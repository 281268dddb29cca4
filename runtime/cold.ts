/** What a hit on plain data does not need: see on-first-use.ts. */
import { warnOfChange } from './call/code.js'
import { deepFreeze } from './call/freeze.js'
import { generate } from './call/generate.js'
import { generateAsync } from './call/generate-async.js'
import { check, keepException, keepInputs, keepResult, takeBack, warnOfArguments, warnOfPromise } from './call/keep.js'
import { itemsLoader } from './call/keep-items.js'
import { computeWith, rest, sleep, takeTurn } from './call/locked.js'
import { refreshLater } from './call/stale.js'
import { enforce } from './limits/enforce.js'
import { cached, Entries } from './manage/entries.js'
import { provide } from './on-first-use.js'
import { tryFileLock } from './store/file-lock.js'
import { createSweeper } from './store/temporary.js'
import { createTieredStore } from './store/tiers.js'
import { writeWhole, writeWholeAsync } from './store/write-whole.js'
import { decodeException, isCancellation } from './value/exception.js'
import { createKeyedHash, createSigning } from './value/signing.js'
import { decodeValue } from './value/value.js'
import { wrapFunction } from './wrap.js'

export { cached, Entries }

const parts = {
  check,
  computeWith,
  createKeyedHash,
  createSigning,
  createSweeper,
  createTieredStore,
  decodeException,
  decodeValue,
  deepFreeze,
  enforce,
  Entries,
  generate,
  generateAsync,
  isCancellation,
  itemsLoader,
  keepException,
  keepInputs,
  keepResult,
  refreshLater,
  warnOfArguments,
  rest,
  sleep,
  takeBack,
  takeTurn,
  tryFileLock,
  warnOfChange,
  warnOfPromise,
  wrapFunction,
  writeWhole,
  writeWholeAsync,
}

export type Cold = typeof parts

provide(parts)

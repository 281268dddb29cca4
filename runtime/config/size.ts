import type { Parsed } from './duration.js'

/** What the parser takes, for messages. */
export const SIZES = 'a size such as 500MB, 1.5GB or 64MiB'

const SIZE = /^(\d+(?:\.\d+)?)([kMGT]i?)?B$/
const NUMBER = /^\d+(?:\.\d+)?$/
const POWERS = ['', 'k', 'M', 'G', 'T']

/** Bytes: kB, MB, GB and TB are powers of 1,000, KiB (or kiB), MiB, GiB and TiB of 1,024. `undefined` for text that looks like something else. */
export function parseSize(text: string): Parsed<number> | undefined {
  if (NUMBER.test(text)) return { ok: false, problem: `needs a unit: write ${text}kB, ${text}MB or ${text}GB` }
  const [, digits, unit = ''] = SIZE.exec(text.replace(/^([\d.]+)K/, '$1k')) ?? []
  if (digits === undefined) return undefined
  const bytes = Math.floor(Number(digits) * (unit.endsWith('i') ? 1024 : 1000) ** POWERS.indexOf(unit.charAt(0)))
  if (bytes < 1) return { ok: false, problem: 'leaves no room for anything' }
  return Number.isSafeInteger(bytes) ? { ok: true, value: bytes } : { ok: false, problem: 'is more than any disk has' }
}

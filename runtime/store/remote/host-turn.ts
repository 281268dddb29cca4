import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { hash } from '../../key/sha256.js'
import { tryFileLock } from '../file-lock.js'
import { ownOwner } from '../owner.js'
import type { Lock } from '../store.js'
import { createSweeper } from '../temporary.js'

/**
 * Of the processes of one machine that want a lock of a service, one at a time asks for it, and none while another one has
 * it: they see each other by files, which costs no requests, and they see at once when one dies. Nothing depends on it but
 * the number of requests and how soon a dead holder is followed. So where these files cannot be had, everybody asks.
 */

/** Where nobody else is to be waited for. */
const FREE: Lock = { release() {} }

let directory: string | undefined
let isLooked = false
let sweep: ((directory: string) => void) | undefined

/** The turn to ask for a lock, and to hold it; `undefined` while another process of this machine has it. */
export function tryHostTurn(service: string, path: string): Lock | undefined {
  try {
    if (!isLooked) directory = ownDirectory()
    isLooked = true
    if (directory === undefined) return FREE
    const turn = tryFileLock(fs, { directory, name: hash(`${service}\n${path}`) })
    sweep ??= createSweeper(fs)
    sweep(directory)
    return turn
  } catch {
    return FREE
  }
}

/** Of this user, and of this boot and process namespace: only there can everybody see who is dead. */
function ownDirectory(): string | undefined {
  const { machine, began } = ownOwner()
  const user = process.getuid?.()
  if (began === undefined || user === undefined) return undefined
  const path = `${process.env.XDG_RUNTIME_DIR || tmpdir()}/deche-${user}-${hash(machine).slice(0, 16)}`
  try {
    fs.mkdirSync(path, { mode: 0o700 })
  } catch {
    // It is there, or it is not to be had: as below.
  }
  const facts = fs.lstatSync(path)
  return facts.isDirectory() && facts.uid === user && (facts.mode & 0o077) === 0 ? path : undefined
}

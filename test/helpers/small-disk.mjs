// A real disk that is small, and can become read-only. Mounting takes root.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

export function mountDisk(directory, size) {
  if (process.platform === 'win32' || process.getuid() !== 0) return 'mounting needs root'
  mkdirSync(directory)
  return failureOf(['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', directory])
}

export function remountDisk(directory, how) {
  const failure = failureOf(['-o', `remount,${how}`, directory])
  if (failure !== undefined) throw new Error(failure)
}

export function unmountDisk(directory) {
  spawnSync('umount', ['-l', directory])
}

function failureOf(options) {
  const { status, stderr, error } = spawnSync('mount', options)
  return status === 0 ? undefined : `mount failed: ${error?.message ?? stderr.toString().trim()}`
}

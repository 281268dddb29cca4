// Not the globals, which fake timers of tests replace.
import { clearTimeout, setTimeout } from 'node:timers'
import { StoreError } from '../../errors.js'

/** A timer that comes this much too late, milliseconds, says that the event loop was held up, not that the store is slow. */
const LATE = 200

/**
 * What `operation` answers, or a StoreError when it takes longer than `timeout` milliseconds; then its signal is aborted.
 * Clients wait for ever by default, and some do even if they are told not to.
 */
export function withDeadline<T>(
  location: string,
  timeout: number,
  operation: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  return new Promise<T>((resolve, reject) => {
    const started = performance.now()
    let extended = false
    // Not unreferenced: a socket of the client may be, and then nothing else would keep the process until the answer.
    let timer = setTimeout(expire, timeout)

    function expire(): void {
      if (!extended && performance.now() - started > timeout + LATE) {
        extended = true
        timer = setTimeout(expire, Math.min(timeout, LATE))
        return
      }
      reject(timedOut(location, timeout))
      controller.abort()
    }

    operation(controller.signal)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}

export function timedOut(location: string, timeout: number): StoreError {
  return new StoreError(location, 'timeout', `no answer within ${timeout / 1000} s`)
}

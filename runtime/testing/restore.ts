/** Ends what it was answered by; a second time it does nothing. `using` calls it at the end of the block. */
export interface Restore {
  (): void
  [Symbol.dispose](): void
}

export function restoring(end: () => void): Restore {
  let ended = false
  const restore = () => {
    if (!ended) end()
    ended = true
  }
  return Object.assign(restore, { [Symbol.dispose]: restore })
}

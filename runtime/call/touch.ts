import { EVERY } from '../store/read-marker.js'
import type { Remembered } from './tier.js'

/** Tells a store that memory has just answered for it, as often as stores note that down. */
export function touch(store: { touch?(path: string): void }, path: string, entry: Remembered): void {
  if (entry.revision === undefined || entry.checked - entry.touched < EVERY) return
  entry.touched = entry.checked
  store.touch?.(path)
}

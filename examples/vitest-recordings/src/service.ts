import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

export interface Label {
  readonly label: 'praise' | 'complaint'
  /** What the service calls this request: another one each time. */
  readonly request: string
}

/** Stands for a service that is slow and takes money for each call. */
export async function ask(review: string, apiKey: string): Promise<Label> {
  await pause(300)
  if (review.trim() === '') throw new RangeError('400: there is nothing to read')
  const label = /broke|late|never/.test(review) ? 'complaint' : 'praise'
  return { label, request: `${apiKey.slice(0, 4)}-${randomUUID()}` }
}

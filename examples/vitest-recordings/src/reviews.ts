import { ask, type Label } from './service.js'

/** @deche ttl=30d ignore=apiKey */
export async function classify(review: string, apiKey: string): Promise<Label> {
  return ask(review, apiKey)
}

/** How many of the reviews complain. */
export async function complaints(reviews: readonly string[], apiKey: string): Promise<number> {
  const labels = await Promise.all(reviews.map((review) => classify(review, apiKey)))
  return labels.filter(({ label }) => label === 'complaint').length
}

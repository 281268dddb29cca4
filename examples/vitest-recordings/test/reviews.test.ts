import { useRecordings } from 'deche/testing'
import * as hooks from 'vitest'
import { expect, test } from 'vitest'
import { classify, complaints } from '../src/reviews.js'

// To replay nobody needs the key; it is no part of the recordings.
const apiKey = process.env.REVIEWS_API_KEY ?? 'demo-key'

useRecordings(new URL('../recordings', import.meta.url), { functions: [classify], hooks })

test('complaints are counted', async () => {
  expect(await complaints(['It broke after a day', 'Lovely, and on time', 'It never came'], apiKey)).toBe(2)
})

test('one review is asked for once, however often it is read', async () => {
  const [first, second] = await Promise.all([
    classify('Lovely, and on time', apiKey),
    classify('Lovely, and on time', apiKey),
  ])
  expect(second.request).toBe(first.request)
})

test('what the service refuses is an error', async () => {
  await expect(classify('  ', apiKey)).rejects.toThrow(RangeError)
})

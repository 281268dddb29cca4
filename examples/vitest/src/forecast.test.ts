import { expect, test } from 'vitest'
import { forecast } from './forecast.js'

test('the sun shines in Oslo', async () => {
  expect(await forecast('Oslo')).toBe('Oslo: 3 days of sun')
})

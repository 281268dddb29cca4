import { forecast } from './forecast.js'

test('the sun shines in Oslo', async () => {
  expect(await forecast('Oslo')).toBe('Oslo: 3 days of sun')
})

declare function test(name: string, body: () => Promise<void>): void
declare function expect(value: unknown): { toBe(expected: unknown): void }

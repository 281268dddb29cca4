/** The functions of the benchmark of scale, as a user writes them. */

export interface Row {
  readonly n: number
  readonly text: string
}

/** How often a body ran: a timed hit that is none shows here. */
export const ran = { times: 0 }

/** @deche memory=2000000 */
export function remembered(n: number): number {
  ran.times++
  return n * 2 + 1
}

/** @deche memory=off */
export function stored(n: number): Row {
  return { n, text: 'x'.repeat(150) }
}

/** @deche memory=off */
export function warm(n: number): Row {
  return { n, text: 'x'.repeat(150) }
}

export async function later(n: number): Promise<Row> {
  await new Promise((done) => setTimeout(done, 5))
  return { n, text: 'x'.repeat(150) }
}

/** @deche memory=off */
export async function storedLater(n: number): Promise<Row> {
  return later(n)
}

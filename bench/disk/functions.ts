/** The functions of the benchmark on disk, as a user writes them. Each answers with the text that its caller wants to be kept. */

export interface Report {
  readonly city: string
  readonly days: number
  readonly text: string
}

/** How often a body ran: a timed hit that is none shows here. */
export const ran = { times: 0 }

export function compute(city: string, days: number, length: number): Report {
  ran.times++
  return { city, days, text: 'x'.repeat(length) }
}

/** @deche memory=off */
export function onDisk(city: string, days: number, length: number): Report {
  return compute(city, days, length)
}

/** @deche memory=off */
export async function onDiskLater(city: string, days: number, length: number): Promise<Report> {
  return compute(city, days, length)
}

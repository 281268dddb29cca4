export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
}

/** Median and quartiles, to hundredths. */
export function spread(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const at = (part) => round(sorted[Math.floor((sorted.length - 1) * part)])
  return { median: round(median(numbers)), low: at(0.25), high: at(0.75) }
}

/** To hundredths. */
export function round(number) {
  return Math.round(number * 100) / 100
}

export function thousandths(number) {
  return Math.round(number * 1000) / 1000
}

export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
}

/** To hundredths. */
export function round(number) {
  return Math.round(number * 100) / 100
}

export function thousandths(number) {
  return Math.round(number * 1000) / 1000
}

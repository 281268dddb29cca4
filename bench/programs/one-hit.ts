/** @deche */
function forecast(city: string): { city: string; degrees: number[] } {
  console.log('computed')
  return { city, degrees: [1, 2, 3] }
}

forecast('Oslo')

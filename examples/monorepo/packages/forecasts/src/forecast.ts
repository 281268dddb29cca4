/**
 * What a slow service answers that costs money; here, a made-up one.
 *
 * @deche ttl=7d
 */
export async function forecast(city: string, days = 3): Promise<string> {
  console.log(`asking for ${city}`)
  await new Promise((later) => setTimeout(later, 100))
  return `${city}: ${days} days of sun`
}

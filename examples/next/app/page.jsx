import { forecast } from '../lib/forecast'

export const dynamic = 'force-dynamic'

export default async function Page() {
  return <h1>{await forecast('Oslo')}</h1>
}

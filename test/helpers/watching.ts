import type { ChildProcess } from 'node:child_process'

/** What a watching compiler prints, one compilation at a time. `ending` is how it says that it waits. */
export function rounds(
  child: ChildProcess,
  ending = /Found \d+ errors?\. Watching for file changes\.\s/,
): () => Promise<string> {
  let seen = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    seen += text
  })
  return async () => {
    for (let waited = 0; waited < 120_000; waited += 20) {
      const end = ending.exec(seen)
      if (end) {
        const round = seen.slice(0, end.index + end[0].length)
        seen = seen.slice(round.length)
        return round
      }
      await new Promise((later) => setTimeout(later, 20))
    }
    throw new Error(`no compilation came to its end; so far: ${seen}`)
  }
}

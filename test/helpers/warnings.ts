import { onTestFinished } from 'vitest'

/** The warnings of deche that this process emits from now on, until the test ends. They arrive a tick later. */
export function collectWarnings(): {
  readonly codes: () => Promise<(string | undefined)[]>
  readonly texts: () => Promise<string[]>
} {
  const warnings: (Error & { code?: string })[] = []
  const listen = (warning: Error & { code?: string }) => {
    if (warning.name === 'DecheWarning') warnings.push(warning)
  }
  process.on('warning', listen)
  onTestFinished(() => {
    process.off('warning', listen)
  })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return {
    codes: async () => {
      await settled()
      return warnings.map(({ code }) => code)
    },
    texts: async () => {
      await settled()
      return warnings.map(({ message }) => message)
    },
  }
}

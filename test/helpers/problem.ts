import { ConfigError } from '../../runtime/errors.js'

/** The whole message of the ConfigError that `run` throws. */
export function problem(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'nothing was thrown'
}

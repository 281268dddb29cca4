import fc from 'fast-check'
import { afterAll } from 'vitest'
import { resetConfig } from '../runtime/config/config.js'

// The same values in every run, so that a test fails for a change and not by chance. SEED explores others.
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) })

// The next file of this worker configures for itself.
afterAll(resetConfig)

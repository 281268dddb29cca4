import fc from 'fast-check'

// The same values in every run, so that a test fails for a change and not by chance. SEED explores others.
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) })

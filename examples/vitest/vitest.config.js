import deche from 'deche/vitest'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [deche()],
})

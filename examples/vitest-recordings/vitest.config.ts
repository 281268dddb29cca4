import deche from 'deche/vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [deche()] })

import deche from 'deche/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [deche()],
  build: { ssr: 'src/main.ts' },
})

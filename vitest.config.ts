import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

export default defineConfig({
  resolve: {
    alias: {
      '@': root.replace(/\/$/, ''),
      // Both packages only throw when bundled for the wrong side; tests run modules of both sides in Node.
      'server-only': `${root}scripts/test/empty-module.ts`,
      'client-only': `${root}scripts/test/empty-module.ts`,
    },
  },
  test: {
    include: ['{lib,scripts,components,bench}/**/*.test.{ts,tsx}'],
    exclude: ['node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})

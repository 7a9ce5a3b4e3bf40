import { defineConfig, devices } from '@playwright/test'
import { findChromium } from '../scripts/test/ensure-chromium'

const port = Number(process.env.E2E_PORT ?? 3190)
const executablePath = findChromium()

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  // Specs share one chain whose clock some of them move, so they run one after the other.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME
    ? [['list'], ['json']]
    : 'list',
  use: {
    ...devices['Desktop Chrome'],
    baseURL: `http://localhost:${port}`,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    actionTimeout: 15_000,
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic'],
        ...['--no-first-run', '--disable-background-networking'],
        ...['--disable-component-update', '--disable-sync'],
      ],
    },
  },
  webServer: {
    command: `node --import tsx e2e/serve.ts ${port}`,
    cwd: '..',
    url: `http://localhost:${port}/api/health`,
    timeout: 300_000,
    stdout: 'ignore',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
  },
})

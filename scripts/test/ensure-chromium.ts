import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

const debian = '/usr/bin/chromium'

/** Path of the Chromium to test with: Playwright's own, else the system's. Null when there is none. */
export function findChromium(): string | null {
  const own = chromium.executablePath()
  if (own && existsSync(own)) return own
  return existsSync(debian) ? debian : null
}

/** Installs Chromium if there is none: Playwright's own build, else the distribution's package. @throws when neither can be had. */
export async function ensureChromium(): Promise<void> {
  if (findChromium()) return
  console.log('Installing Chromium …')
  run(process.execPath, [
    'node_modules/@playwright/test/cli.js',
    'install',
    'chromium',
  ])
  if (findChromium()) return
  const apt = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', '-n', 'apt-get']
  const [command = 'apt-get', ...prefix] = apt
  run(command, [...prefix, 'update', '-qq'])
  run(command, [...prefix, 'install', '-y', '-qq', 'chromium'])
  if (!findChromium())
    throw new Error(
      'The end-to-end tests need Chromium: neither `npx playwright install chromium` nor `apt-get install chromium` worked here.',
    )
}

function run(command: string, args: string[]): void {
  spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 10 * 60_000,
  })
}

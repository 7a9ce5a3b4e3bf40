import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { execute } from './execute'

const debian = '/usr/bin/chromium'
const DOWNLOAD_MINUTES = 4
const APT_MINUTES = 8
/** From SIGTERM to SIGKILL. */
const GRACE_MS = 5_000

/** Path of the Chromium to test with: Playwright's own, else the system's. Null when there is none. */
export function findChromium(): string | null {
  const own = chromium.executablePath()
  if (own && existsSync(own)) return own
  return existsSync(debian) ? debian : null
}

/**
 * Installs Chromium if there is none: Playwright's own build, else the distribution's package.
 * @param stop ends it early
 * @throws when neither can be had
 */
export async function ensureChromium(stop: AbortSignal): Promise<void> {
  if (findChromium()) return
  console.log('Installing Chromium …')
  await run(
    ...([DOWNLOAD_MINUTES, stop, process.execPath] as const),
    ...['node_modules/@playwright/test/cli.js', 'install', 'chromium'],
  )
  if (findChromium()) return
  const apt = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', '-n', 'apt-get']
  const [command = 'apt-get', ...prefix] = apt
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', 'chromium'],
  ])
    await run(APT_MINUTES, stop, command, ...prefix, ...args)
  if (!findChromium())
    throw new Error(
      'The end-to-end tests need Chromium: neither `npx playwright install chromium` nor `apt-get install chromium` worked here.',
    )
}

/** Runs a command for at most so long. Whether it did its work is seen by whether Chromium is there. @throws the reason of `stop` */
async function run(
  minutes: number,
  stop: AbortSignal,
  command: string,
  ...args: string[]
): Promise<void> {
  const late = AbortSignal.timeout(minutes * 60_000)
  await execute(command, args, {
    ...{ stop: AbortSignal.any([stop, late]), graceMs: GRACE_MS },
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    onOutput: (chunk) => process.stdout.write(chunk),
  }).catch((error: Error) => {
    stop.throwIfAborted()
    console.log(`${command}: ${error.message}`)
  })
}

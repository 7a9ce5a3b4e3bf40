import { expect, type Page, test } from '@playwright/test'
import { walk } from './fixtures/delve-walk'
import { type Identity, logIn, startPlaying } from './fixtures/persona'
import { query } from './fixtures/stack'

const sizes = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
}

/** Looks at a page in both sizes: nothing sticks out, nothing was blocked or thrown; a picture of each is kept. */
async function look(page: Page, path: string, name: string): Promise<void> {
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport)
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await page.waitForLoadState('networkidle').catch(() => undefined)
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - innerWidth,
    )
    expect(overflow, `${path} at ${size} is wider than the screen`).toBe(0)
    await page.screenshot({
      path: `test-results/pages/${name}-${size}.png`,
      fullPage: size === 'desktop',
    })
  }
}

function collectComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}

test('behavior: every public page fits desktop and phone, without a complaint of the browser', async ({
  page,
}) => {
  const complaints = collectComplaints(page)
  await look(page, '/', 'home')
  await look(page, '/login', 'login')
  await look(page, '/play/delve', 'watch')
  expect(complaints).toEqual([])
  await look(page, '/nowhere', 'not-found')
})

test('behavior: every page of a player fits desktop and phone', async ({
  page,
}) => {
  const complaints = collectComplaints(page)
  await logIn(page, 'New player')
  await page.setViewportSize(sizes.desktop)
  await page.getByRole('button', { name: 'Start playing' }).click()
  await page.screenshot({ path: 'test-results/pages/grant-desktop.png' })
  await page.setViewportSize(sizes.phone)
  await page.screenshot({ path: 'test-results/pages/grant-phone.png' })
  await page.keyboard.press('Escape')
  await page.setViewportSize(sizes.desktop)
  await startPlaying(page)
  await walk(page, 40)
  await page.screenshot({ path: 'test-results/pages/playing-desktop.png' })
  await look(page, '/play/delve', 'play')
  await look(page, '/sessions', 'sessions')
  const [intent] = await query<{ txHash: string }>(
    'SELECT "txHash" FROM "Intent" WHERE "txHash" IS NOT NULL ORDER BY "queuedAt" DESC LIMIT 1',
  )
  await look(page, `/tx/${intent?.txHash}`, 'transaction')
  expect(complaints).toEqual([])
})

const staff: [Identity, Record<string, string>][] = [
  ['Demo studio', { studio: '/studio/lantern' }],
  ['Demo admin', { players: '/admin', audit: '/admin/audit' }],
]
for (const [identity, pages] of staff)
  test(`behavior: every page of the ${identity.toLowerCase()} fits desktop and phone`, async ({
    page,
  }) => {
    const complaints = collectComplaints(page)
    await logIn(page, identity, Object.values(pages)[0])
    for (const [name, path] of Object.entries(pages))
      await look(page, path, name)
    if (identity === 'Demo admin') {
      const [row] = await query<{ address: string }>(
        'SELECT "ownerAddress" AS address FROM "Account" WHERE "ownerAddress" IS NOT NULL LIMIT 1',
      )
      if (row) await look(page, `/admin/players/${row.address}`, 'player')
    }
    expect(complaints).toEqual([])
  })

test('behavior: another local name of the app leads to the one that logins are bound to', async ({
  page,
  baseURL,
}) => {
  const port = new URL(baseURL ?? '').port
  await page.goto(`http://127.0.0.1:${port}/login?callbackUrl=%2Fsessions`)
  await page.waitForURL(`${baseURL}/login?callbackUrl=%2Fsessions`)
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible()
})

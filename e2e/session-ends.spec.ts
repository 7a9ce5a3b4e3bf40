import { expect, test } from '@playwright/test'
import { allConfirmed, pressStep, walk } from './fixtures/delve-walk'
import {
  countPrompts,
  logIn,
  sessionStatus,
  startPlaying,
} from './fixtures/persona'
import { passTime, query } from './fixtures/stack'

test('behavior: an admin ends a session in mid-game; the player learns why at the next move, within a second', async ({
  page,
  browser,
}) => {
  await logIn(page, 'New player')
  await startPlaying(page)
  await walk(page, 3)
  const [row] = await query<{ account: string; id: string }>(
    'SELECT id, "accountAddress" AS account FROM "Session" ORDER BY "createdAt" DESC LIMIT 1',
  )
  if (!row) throw new Error('The session is in the database.')

  const office = await browser.newContext()
  const admin = await office.newPage()
  await logIn(admin, 'Demo admin', '/admin')
  await admin
    .getByRole('searchbox', { name: 'Search players by address' })
    .fill(row.account)
  await admin.getByRole('button', { name: 'Search' }).click()
  await admin
    .getByRole('table', { name: 'Players' })
    .getByRole('link')
    .first()
    .click()
  const article = admin
    .getByRole('region', { name: 'Sessions' })
    .getByRole('article')
    .first()
  await article.getByRole('button', { name: 'Revoke session' }).click()
  const dialog = admin.getByRole('dialog', { name: 'Revoke this session?' })
  await dialog.getByRole('textbox', { name: /^Reason/ }).fill('Scripted play')
  await dialog.getByRole('button', { name: 'Revoke session' }).click()
  await expect(admin.getByText('Revoked on chain')).toBeVisible()

  const prompts = await countPrompts(page)
  await pressStep(page)
  await expect(
    page.getByText('This session was ended by an admin'),
  ).toBeVisible({
    timeout: 1_000,
  })
  await expect(page.getByText('Scripted play')).toBeVisible()
  expect(await countPrompts(page)).toBe(prompts)

  const [session] = await query<{ status: string; revokedReason: string }>(
    'SELECT status, "revokedReason" FROM "Session" WHERE id = $1',
    [row.id],
  )
  expect(session).toEqual({ status: 'revoked', revokedReason: 'Scripted play' })

  await admin.goto('/admin/audit')
  await expect(admin.getByRole('region', { name: 'Entries' })).toContainText(
    'Scripted play',
  )
  await office.close()
})

test('behavior: a session expires in mid-game; the player is told and extends it with one signature', async ({
  page,
}) => {
  await logIn(page, 'New player')
  await startPlaying(page, '15 minutes')
  // What was chosen last is what was signed, however fast the button was pressed.
  const [signed] = await query<{ seconds: string }>(
    'SELECT "validUntil" - "validAfter" AS seconds FROM "Session" ORDER BY "createdAt" DESC LIMIT 1',
  )
  expect(Number(signed?.seconds)).toBe(900)
  await walk(page, 3)
  await allConfirmed(page)
  await passTime(16 * 60)
  const prompts = await countPrompts(page)
  await pressStep(page)
  await expect(page.getByText('Your session has expired')).toBeVisible()
  await expect(sessionStatus(page)).toHaveText('Session expired')
  expect(await countPrompts(page)).toBe(prompts)

  const key = await newestKey()
  await page.getByRole('button', { name: 'Extend session' }).click()
  const dialog = page.getByRole('dialog', {
    name: 'Extend this Delve session?',
  })
  await dialog.getByRole('button', { name: 'Sign once and extend' }).click()
  await page
    .getByRole('dialog', { name: 'Development wallet' })
    .getByRole('button', { name: 'Confirm' })
    .click()
  await expect(sessionStatus(page)).toHaveText(/Session (ready|active)/)
  await walk(page, 3)
  expect(await countPrompts(page)).toBe(prompts + 1)
  // The same key plays on, and what it has used stays used.
  expect(await newestKey()).toBe(key)
  const moves = page.getByRole('list', { name: 'Activity' }).locator('> li')
  await expect(
    moves.and(page.locator('[data-status="confirmed"]')),
  ).toHaveCount(6)
  await expect(page.getByTestId('remaining-0')).toHaveText('4,994')
})

/** Key of the session that was granted last. */
async function newestKey(): Promise<string> {
  const [row] = await query<{ publicKey: string }>(
    'SELECT "publicKey" FROM "Session" ORDER BY "createdAt" DESC LIMIT 1',
  )
  if (!row) throw new Error('The session is in the database.')
  return row.publicKey
}

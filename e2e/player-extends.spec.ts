import { expect, test } from '@playwright/test'
import { allConfirmed, walk } from './fixtures/delve-walk'
import {
  countPrompts,
  logIn,
  sessionStatus,
  startPlaying,
  wallet,
} from './fixtures/persona'

test('behavior: a player extends a running session with one signature; key and use stay', async ({
  page,
  browser,
}) => {
  await logIn(page, 'New player')
  await startPlaying(page, '15 minutes')
  await walk(page, 3)
  await allConfirmed(page)
  const prompts = await countPrompts(page)

  await page.goto('/sessions')
  const session = page
    .getByRole('region', { name: 'Active' })
    .getByRole('article')
  await session.getByRole('button', { name: 'Extend' }).click()
  const dialog = page.getByRole('dialog', {
    name: 'Extend this Delve session?',
  })
  // No longer than the policy allows: a day.
  await dialog.getByText('Custom', { exact: true }).click()
  await expect(dialog).toContainText('between 1 minute and 1 day')
  await dialog.getByText('2 hours', { exact: true }).click()
  await dialog.getByRole('button', { name: 'Sign once and extend' }).click()
  await wallet(page).getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
  await expect(session).toContainText('Extended until')
  expect(await countPrompts(page)).toBe(prompts + 1)

  // The next move carries the later end to the chain; what was used stays used.
  await page.goto('/play/delve')
  await expect(sessionStatus(page)).toHaveText('Session active')
  await expect(page.getByTestId('session-timer')).toHaveText(/^1:\d\d:\d\d$/)
  await walk(page, 1)
  await allConfirmed(page)
  await expect(page.getByTestId('remaining-0')).toHaveText('4,996')
  await page.goto('/sessions')
  await expect(session).toContainText(/1:\d\d:\d\d left/)
  await expect(session).not.toContainText('Extended until')

  // Another browser has no key to extend, and its clock is hours off.
  const other = await browser.newContext({
    storageState: await page.context().storageState(),
  })
  const elsewhere = await other.newPage()
  await elsewhere.clock.install({ time: Date.now() + 5 * 3_600_000 })
  await elsewhere.goto('/sessions')
  await expect(elsewhere.getByRole('article').first()).toContainText(
    /1:\d\d:\d\d left · last move (just now|\d+ (second|minute)s? ago)/,
  )
  await expect(elsewhere.getByRole('button', { name: 'Revoke' })).toBeVisible()
  await expect(elsewhere.getByRole('button', { name: 'Extend' })).toHaveCount(0)
  await other.close()
})

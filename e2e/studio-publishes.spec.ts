import { expect, test } from '@playwright/test'
import { pressStep, walk } from './fixtures/delve-walk'
import { logIn, sessionStatus, startPlaying, wallet } from './fixtures/persona'
import { passTime } from './fixtures/stack'

test('behavior: a studio changes a limit, publishes, and sees who plays under which version; players keep what they signed', async ({
  page,
  browser,
}) => {
  const home = await browser.newContext()
  const player = await home.newPage()
  await logIn(player, 'New player')
  await startPlaying(player)
  await walk(player, 3)

  await logIn(page, 'Demo studio', '/studio/lantern')
  const game = page.getByRole('region', { name: 'Delve' })
  await expect(game.getByRole('region', { name: 'Gas today' })).toContainText(
    'of 500 billion',
  )
  await game.getByRole('button', { name: 'Edit Mint' }).click()
  const editor = page.getByRole('dialog', { name: 'Edit Mint' })
  await editor.getByLabel('Calls per session').fill('0')
  await editor.getByRole('button', { name: 'Save action' }).click()
  // A limit of zero never means unlimited: it is refused, at its field.
  await expect(editor).toBeVisible()
  await editor.getByLabel('Calls per session').fill('7')
  await editor.getByRole('button', { name: 'Save action' }).click()
  await expect(editor).toBeHidden()

  const review = game.getByRole('button', { name: /^Review version \d+$/ })
  const version = Number((await review.textContent())?.match(/\d+/)?.[0])
  await review.click()
  const publish = page.getByRole('dialog', {
    name: `Publish version ${version}`,
  })
  await expect(publish).toContainText('7')
  await publish
    .getByRole('button', { name: `Publish version ${version}` })
    .click()
  const entry = game
    .getByRole('region', { name: 'Versions' })
    .getByRole('listitem')
    .filter({ hasText: `Version ${version}` })
  await expect(entry).toContainText('Live')

  // The running session is untouched, and told of the new terms.
  await expect(player.getByTestId('remaining-1')).toHaveText('20')
  await player.reload()
  await expect(player.getByText('Delve has new terms')).toBeVisible()
  await walk(player, 3)

  const newcomer = await browser.newContext()
  const other = await newcomer.newPage()
  await logIn(other, 'New player')
  await startPlaying(other)
  await expect(other.getByTestId('remaining-1')).toHaveText('7')
  await walk(other, 1)

  await page.reload()
  await expect(
    game.getByRole('table', { name: 'Players by version' }).getByRole('row'),
  ).not.toHaveCount(1)

  // Pausing stops everyone of that version at once, and nobody is asked anything.
  await game.getByRole('button', { name: `Pause version ${version}` }).click()
  const pause = page.getByRole('dialog', { name: `Pause version ${version}?` })
  await pause.getByLabel(/Reason/).fill('Gems fall through the floor')
  await pause.getByRole('button', { name: 'Pause all sessions' }).click()
  await expect(entry).toContainText('Paused')
  await pressStep(other)
  await expect(other.getByText('Delve is paused by its studio')).toBeVisible()
  await expect(wallet(other)).toBeHidden()

  // Starting again takes the owner's signature and an hour.
  await game.getByRole('button', { name: `Unpause version ${version}` }).click()
  await wallet(page).getByRole('button', { name: 'Confirm' }).click()
  await expect(entry).toContainText('Paused until')
  await passTime(3_601)
  await other.reload()
  await other.getByRole('button', { name: 'Start new session' }).click()
  const again = other.getByRole('dialog', { name: 'Let Delve play for you?' })
  await again.getByRole('button', { name: 'Sign once and play' }).click()
  await wallet(other).getByRole('button', { name: 'Confirm' }).click()
  await expect(sessionStatus(other)).toHaveText(/Session (ready|active)/)
  await walk(other, 1)
  await home.close()
  await newcomer.close()
})

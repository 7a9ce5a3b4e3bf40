import { expect, type Page, test } from '@playwright/test'
import { delveAddress } from '../lib/contracts/addresses'
import { type Direction, directions } from '../lib/games/delve/delve-rules'
import {
  allConfirmed,
  dungeon,
  openDirections,
  press,
  readPosition,
} from './fixtures/delve-walk'
import { countPrompts, logIn, sessionStatus, wallet } from './fixtures/persona'
import { passTime } from './fixtures/stack'

/** Moves per hour under the rules of this test. */
const LIMIT = 5

/** Opens the studio's page and the form of Move. */
async function editMove(page: Page) {
  await logIn(page, 'Demo studio', '/studio/lantern')
  const game = page.getByRole('region', { name: 'Delve' })
  await game.getByRole('button', { name: 'Edit Move' }).click()
  return { game, editor: page.getByRole('dialog', { name: 'Edit Move' }) }
}

/** A way that is open and not to the left, to the right if possible: from there the left is open. */
async function allowedStep(page: Page): Promise<Direction> {
  const open = openDirections(await readPosition(page))
  const allowed = open.filter((direction) => direction !== directions.left)
  const step = allowed.find((each) => each === directions.right) ?? allowed[0]
  if (step === undefined) throw new Error('Only the left is open.')
  return step
}

test('behavior: a studio sets a rule and a limit per period; the player sees both before signing, and what is outside is refused with its reason', async ({
  page,
  browser,
}) => {
  const { game, editor } = await editMove(page)
  const rule = editor.getByRole('textbox', { name: 'Rule 1' })
  await rule.fill('arg0<=2')
  await expect(rule).toHaveAccessibleDescription(/Write it like arg0 <= 3/)
  await rule.fill('arg0 <= 256')
  await expect(rule).toHaveAccessibleDescription(/type uint8: this value/)
  // What cannot be read is not sent.
  await editor.getByRole('button', { name: 'Save action' }).click()
  await expect(editor).toBeVisible()
  await rule.fill('arg0 in 0..2')
  await expect(rule).toHaveAccessibleDescription('Only if arg0 is from 0 to 2.')
  await editor.getByRole('button', { name: 'Add rule' }).click()
  const second = editor.getByRole('textbox', { name: 'Rule 2' })
  await second.fill('arg1 == 1')
  await expect(second).toHaveAccessibleDescription('The function has no arg1.')
  await editor.getByRole('button', { name: 'Remove rule 2' }).click()
  await editor.getByLabel('Limit per period').selectOption('hours')
  await editor.getByLabel('Period, in hours').fill('1')
  await editor.getByLabel('Calls per period').fill(String(LIMIT))
  await editor.getByRole('button', { name: 'Save action' }).click()
  await expect(editor).toBeHidden()
  await expect(
    game.getByRole('row').filter({ hasText: 'move(uint8)' }),
  ).toContainText(/only if arg0 is from 0 to 2.*5 every hour/)

  await game.getByRole('button', { name: /^Review version \d+$/ }).click()
  await page.getByRole('button', { name: /^Publish version \d+$/ }).click()
  await expect(
    game
      .getByRole('region', { name: 'Versions' })
      .getByRole('listitem')
      .first(),
  ).toContainText('Live')

  const context = await browser.newContext()
  const player = await context.newPage()
  await logIn(player, 'New player')
  await player.getByRole('button', { name: 'Start playing' }).click()
  const dialog = player.getByRole('dialog', { name: 'Let Delve play for you?' })
  await dialog.getByText('2 hours', { exact: true }).click()
  await expect(
    dialog.getByRole('region', { name: 'Worst case' }),
  ).toContainText(`At most ${2 * LIMIT} moves`, { ignoreCase: true })
  await expect(
    dialog.getByRole('region', { name: 'What the game may do' }),
  ).toContainText(/5 times every hour.*Only if arg0 is from 0 to 2\./)
  await dialog.getByRole('button', { name: 'Sign once and play' }).click()
  await expect(wallet(player)).toContainText('arg0 in 0..2')
  await wallet(player).getByRole('button', { name: 'Confirm' }).click()
  await expect(sessionStatus(player)).toHaveText(/Session (ready|active)/)
  const prompts = await countPrompts(player)

  let refusals = 0
  for (let moves = 0; moves < LIMIT; moves += 1) {
    const at = await readPosition(player)
    if (refusals === 0 && openDirections(at).includes(directions.left)) {
      await press(player, directions.left)
      const alert = player.getByRole('alert').filter({
        hasText: 'Your session does not allow this action with these details.',
      })
      await expect(alert).toContainText(
        'You allowed Move only if arg0 is from 0 to 2.',
      )
      expect(await readPosition(player)).toEqual(at)
      await alert.getByRole('button', { name: 'Dismiss' }).click()
      refusals += 1
    }
    await press(player, await allowedStep(player))
    await expect(player.getByRole('region', { name: 'Session' })).toContainText(
      `left, ${LIMIT - moves - 1} now`,
    )
  }
  expect(refusals).toBe(1)
  await allMoved(player, LIMIT)

  await press(player, await allowedStep(player))
  await expect(
    player.getByRole('alert').filter({
      hasText: 'You have used up this action for this period.',
    }),
  ).toContainText(/Wait .*minutes.*, until the next period starts\./)
  expect(await countPrompts(player)).toBe(prompts)

  await player.goto('/sessions')
  await expect(
    player.getByRole('meter', { name: 'Move, every hour' }),
  ).toHaveAttribute('aria-valuetext', `${LIMIT} of ${LIMIT}`)

  // The next period starts by itself, and the session goes on.
  await passTime(3_605)
  await player.goto('/play/delve')
  await expect(dungeon(player)).toHaveAttribute('data-x', /^\d+$/)
  await expect(sessionStatus(player)).toHaveText('Session active')
  await press(player, await allowedStep(player))
  await allConfirmed(player)
  await context.close()
})

/** Waits until the chain has taken `count` moves of the page's list; refused ones do not count. */
async function allMoved(page: Page, count: number): Promise<void> {
  const moves = page.getByRole('list', { name: 'Activity' }).locator('> li')
  await expect(
    moves.and(page.locator('[data-status="confirmed"]')),
  ).toHaveCount(count)
}

test('behavior: a studio limits what a session may spend of a token, and reads it as players would', async ({
  page,
}) => {
  await logIn(page, 'Demo studio', '/studio/lantern')
  const limits = page.getByRole('region', { name: 'Spend limits' })
  await limits.getByRole('button', { name: 'Add spend limit' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add spend limit' })
  await dialog.getByLabel('Token').fill(delveAddress)
  await dialog.getByLabel('Most per session').fill('5000')
  await dialog.getByLabel('Limit per period').selectOption('days')
  // As long as any session can last: there is one such period in each.
  await dialog.getByLabel('Period, in days').fill('30')
  await dialog.getByLabel('Most per period').fill('5001')
  await dialog.getByRole('button', { name: 'Add to draft' }).click()
  // More per period than in all makes no sense, and is refused at its field.
  await expect(
    dialog.getByLabel('Most per period'),
  ).toHaveAccessibleDescription('Not more than per session.')
  await dialog.getByLabel('Most per period').fill('1000')
  await dialog.getByRole('button', { name: 'Add to draft' }).click()
  await expect(dialog).toBeHidden()
  const sentence =
    /Spends at most 1,000 units of 0x.* every 30 days and 5,000 units/
  await expect(limits).toContainText(sentence)

  await page.getByRole('button', { name: /^Review version \d+$/ }).click()
  const review = page.getByRole('dialog', { name: /^Publish version \d+$/ })
  await expect(
    review.getByRole('region', { name: 'Tokens the game may spend' }),
  ).toContainText(sentence)
  await expect(
    review.getByRole('region', { name: 'Worst case' }),
  ).toContainText(/1,000 units of 0x/)
  await page.keyboard.press('Escape')

  await limits.getByRole('button', { name: 'Remove spend limit 1' }).click()
  await expect(limits.getByRole('listitem')).toHaveCount(0)
})

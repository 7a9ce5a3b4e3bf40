import { expect, type Page, test } from '@playwright/test'
import { delveAddress, sessionManagerAddress } from '@/lib/contracts/addresses'
import { delveAbi } from '@/lib/contracts/generated/delve'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import {
  allConfirmed,
  dungeon,
  readPosition,
  walk,
} from './fixtures/delve-walk'
import {
  countPrompts,
  logIn,
  sessionStatus,
  startPlaying,
  wallet,
} from './fixtures/persona'
import { chain, query } from './fixtures/stack'

const MOVES = 1_000

test('behavior: one signature, then 1,000 moves and a mint without a prompt; wallet, chain, database and screen agree', async ({
  page,
}) => {
  test.setTimeout(300_000)
  await logIn(page, 'New player')
  // Connecting and logging in are the two prompts so far.
  expect(await countPrompts(page)).toBe(2)

  await page.getByRole('button', { name: 'Start playing' }).click()
  const dialog = page.getByRole('dialog', { name: 'Let Delve play for you?' })
  await expect(
    dialog.getByRole('region', { name: 'Worst case' }),
  ).toContainText(/3,000 moves.*20 mints.*0 ETH/)
  await expect(dialog.getByRole('radio', { name: '1 hour' })).toBeChecked()
  await dialog.getByText('Contract and function').first().click()
  await expect(dialog).toContainText('move(uint8)')
  await dialog.getByRole('button', { name: 'Sign once and play' }).click()
  await expect(wallet(page)).toContainText('move(uint8)')
  await expect(wallet(page)).toContainText(delveAddress)
  await wallet(page).getByRole('button', { name: 'Confirm' }).click()
  await expect(sessionStatus(page)).toHaveText(/Session (ready|active)/)
  expect(await countPrompts(page)).toBe(3)

  await walk(page, MOVES)
  const relic = page.getByRole('button', { name: /^Mint Lantern/ })
  await expect(relic).toBeEnabled()
  await relic.click()
  await expect(
    page.getByRole('listitem').filter({ hasText: 'Mint Lantern' }),
  ).toHaveAttribute('data-status', 'confirmed')
  expect(await countPrompts(page)).toBe(3)

  const [session] = await query<{ id: `0x${string}`; account: `0x${string}` }>(
    'SELECT id, "accountAddress" AS account FROM "Session" ORDER BY "createdAt" DESC LIMIT 1',
  )
  if (!session) throw new Error('The session is in the database.')
  const onChain = await chain.readContract({
    address: sessionManagerAddress,
    abi: sessionManagerAbi,
    functionName: 'sessionOf',
    args: [session.id],
  })
  // Moves in all, the hour they were made in, moves in that hour, mints.
  const [moves, hour, movesInHour, mints] = onChain.cells
  expect([moves, movesInHour, mints]).toEqual([MOVES, MOVES, 1])
  expect(hour).toBe(0)
  const player = await chain.readContract({
    address: delveAddress,
    abi: delveAbi,
    functionName: 'playerOf',
    args: [session.account],
  })
  expect(Number(player.moves)).toBe(MOVES)
  const relics = await chain.readContract({
    address: delveAddress,
    abi: delveAbi,
    functionName: 'balanceOf',
    args: [session.account, 0n],
  })
  expect(relics).toBe(1n)
  const stored = await query('SELECT cells FROM "Session" WHERE id = $1', [
    session.id,
  ])
  expect(stored).toEqual([{ cells: onChain.cells }])
  const intents = await query<{ status: string; count: string }>(
    'SELECT status, count(*) FROM "Intent" WHERE "sessionId" = $1 GROUP BY status',
    [session.id],
  )
  expect(intents).toEqual([{ status: 'confirmed', count: String(MOVES + 1) }])

  await expect(page.getByTestId('remaining-0')).toHaveText('4,000')
  await expect(page.getByTestId('remaining-1')).toHaveText('19')

  // What only the browser knows arrives too, in batches.
  await page.goto('/sessions')
  await expect
    .poll(async () => {
      const [play] = await query<{ playSeconds: number; latencyCount: number }>(
        'SELECT "playSeconds", "latencyCount" FROM "SessionPlay" WHERE "sessionId" = $1',
        [session.id],
      )
      return play && play.playSeconds > 0 && play.latencyCount === MOVES + 1
    })
    .toBe(true)
})

test('behavior: a session survives a reload, is shared between tabs, and ends for good without a prompt', async ({
  page,
  context,
}) => {
  await logIn(page, 'New player')
  await startPlaying(page)
  await walk(page, 5)
  await allConfirmed(page)
  await page.reload()
  await expect(sessionStatus(page)).toHaveText('Session active')
  await walk(page, 5)

  // The second tab signs in a nonce lane of its own, at the same time.
  const second = await context.newPage()
  await second.goto('/play/delve')
  await expect(sessionStatus(second)).toHaveText('Session active')
  await walk(second, 5)
  await allConfirmed(second)
  const { x, y } = await readPosition(second)
  await page.bringToFront()
  await expect(dungeon(page)).toHaveAttribute('data-x', String(x))
  await expect(dungeon(page)).toHaveAttribute('data-y', String(y))
  await walk(page, 5)
  await expect(page.getByTestId('remaining-0')).toHaveText('4,980')
  expect(await countPrompts(second)).toBe(0)
  await second.close()
  await allConfirmed(page)

  await page.goto('/sessions')
  const active = page
    .getByRole('region', { name: 'Active' })
    .getByRole('article')
  const meter = (name: string) =>
    active.getByRole('meter', { name, exact: true })
  await expect(meter('Move')).toHaveAttribute('aria-valuetext', '20 of 5,000')
  await expect(meter('Move, every hour')).toHaveAttribute(
    'aria-valuetext',
    '20 of 3,000',
  )
  const prompts = await countPrompts(page)
  await active.getByRole('button', { name: 'Revoke' }).click()
  await page
    .getByRole('dialog', { name: 'End this Delve session?' })
    .getByRole('button', { name: 'Revoke session' })
    .click()
  await expect(
    page.getByRole('region', { name: 'Revoked' }).getByRole('article'),
  ).toBeVisible()
  expect(await countPrompts(page)).toBe(prompts)

  // The key goes when the chain has confirmed, which the page may show a moment earlier.
  await expect.poll(() => countKeys(page)).toBe(0)
})

/** Keys that the origin keeps in IndexedDB. */
function countKeys(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const databases = await indexedDB.databases()
    let found = 0
    for (const { name } of databases) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name ?? '')
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      for (const store of db.objectStoreNames)
        found += await new Promise<number>((resolve) => {
          const all = db.transaction(store).objectStore(store).getAll()
          all.onsuccess = () =>
            resolve(
              all.result.filter((row) =>
                JSON.stringify(row, (_, value) =>
                  value instanceof CryptoKey ? 'a CryptoKey' : value,
                ).includes('a CryptoKey'),
              ).length,
            )
        })
      db.close()
    }
    return found
  })
}

test('behavior: the session key cannot be exported and is nowhere but in IndexedDB', async ({
  page,
}) => {
  await logIn(page, 'New player')
  await startPlaying(page)
  const result = await page.evaluate(async () => {
    const found: string[] = []
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open(name ?? '')
        request.onsuccess = () => resolve(request.result)
      })
      for (const store of db.objectStoreNames) {
        const rows = await new Promise<unknown[]>((resolve) => {
          const all = db.transaction(store).objectStore(store).getAll()
          all.onsuccess = () => resolve(all.result)
        })
        const visit = async (value: unknown): Promise<void> => {
          if (value instanceof CryptoKey) {
            if (value.type !== 'private') return
            const exported = await Promise.allSettled(
              (['pkcs8', 'jwk'] as const).map((format) =>
                crypto.subtle.exportKey(format as 'jwk', value),
              ),
            )
            found.push(exported.map(({ status }) => status).join())
          } else if (value && typeof value === 'object')
            await Promise.all(Object.values(value).map(visit))
        }
        await visit(rows)
      }
      db.close()
    }
    const storages = JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
    ])
    return { found, storages }
  })
  expect(result.found).toEqual(['rejected,rejected'])
  expect(result.storages).not.toMatch(/"d":|PRIVATE KEY/)
})

import { expect, type Request, test } from '@playwright/test'
import { logIn } from './fixtures/persona'
import { query } from './fixtures/stack'

const staffPages = ['/admin', '/admin/audit', '/studio/lantern']

test('security: pages of staff do not exist for players, and ask strangers to log in', async ({
  page,
}) => {
  for (const path of [...staffPages, '/studio', '/sessions']) {
    await page.goto(path)
    await expect(page).toHaveURL(/\/login\?callbackUrl=/)
  }
  await logIn(page, 'New player')
  for (const path of [
    ...staffPages,
    '/admin/players/0x0000000000000000000000000000000000000001',
  ]) {
    const response = await page.goto(path)
    expect(response?.status(), path).toBe(404)
    await expect(
      page.getByRole('heading', { name: 'Page not found' }),
    ).toBeVisible()
  }
})

test('security: a studio sees neither the admin pages nor another studio', async ({
  page,
}) => {
  await logIn(page, 'Demo studio', '/studio/lantern')
  for (const path of ['/admin', '/admin/audit', '/studio/another']) {
    const response = await page.goto(path)
    expect(response?.status(), path).toBe(404)
  }
})

test('security: an action of an admin or a studio, sent again with a player’s cookies or none, changes nothing', async ({
  page,
  browser,
  playwright,
  baseURL,
}) => {
  const requests: Request[] = []
  page.on('request', (request) => {
    if (request.headers()['next-action']) requests.push(request)
  })
  await logIn(page, 'Demo studio', '/studio/lantern')
  const game = page.getByRole('region', { name: 'Delve' })
  await game.getByRole('textbox', { name: 'Longest session' }).fill('23')
  await game.getByRole('button', { name: 'Save duration' }).click()
  await expect(
    game.getByRole('button', { name: /^Review version \d+$/ }),
  ).toBeVisible()
  const action = requests.at(-1)
  if (!action) throw new Error('Saving is a server action.')
  const state = () =>
    query('SELECT "draftRevision", "maxDurationSeconds" FROM "Game"')
  const before = await state()

  const home = await browser.newContext()
  const player = await home.newPage()
  await logIn(player, 'New player')
  const replay = {
    headers: {
      'content-type': action.headers()['content-type'] ?? '',
      'next-action': action.headers()['next-action'] ?? '',
      origin: baseURL ?? '',
      accept: 'text/x-component',
    },
    data: action.postData() ?? '',
  }
  const asPlayer = await home.request.post(action.url(), replay)
  expect(await asPlayer.text()).toMatch(/"code":"not_found"/)
  const stranger = await playwright.request.newContext()
  const asStranger = await stranger.post(action.url(), replay)
  expect(await asStranger.text()).toMatch(/"code":"not_logged_in"/)

  // The studio's own cookies do not help a page of another origin.
  for (const origin of ['https://evil.example', 'null']) {
    const forged = await page.request.post(action.url(), {
      ...replay,
      headers: { ...replay.headers, origin },
    })
    expect(forged.ok() && /"ok":true/.test(await forged.text())).toBe(false)
  }
  expect(await state()).toEqual(before)
  await home.close()
})

test('security: no header or spelling of the address gets around the check of a page', async ({
  request,
  baseURL,
}) => {
  const middleware = Array(5).fill('middleware').join(':')
  const headers = [
    { 'x-middleware-subrequest': middleware },
    { 'x-middleware-subrequest': Array(5).fill('proxy').join(':') },
    { rsc: '1', 'next-router-prefetch': '1' },
    { 'x-nextjs-data': '1' },
    { 'x-invoke-path': '/' },
    { 'x-forwarded-host': 'evil.example' },
  ]
  const paths = [
    '/admin',
    '//admin',
    '/%2Fadmin',
    '/admin.rsc',
    '/admin?_rsc=1',
  ]
  for (const path of paths)
    for (const header of headers) {
      const response = await request.get(`${baseURL}${path}`, {
        headers: header,
        maxRedirects: 0,
      })
      const body = await response.text()
      expect(body, `${path} ${JSON.stringify(header)}`).not.toContain(
        'Search players by address',
      )
    }
})

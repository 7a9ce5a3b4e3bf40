import { zeroAddress, zeroHash } from 'viem'
import { describe, expect, test } from 'vitest'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { SessionJson } from '@/lib/session/session'
import type { SessionView } from '@/lib/session/session-view'
import { findSession } from './find-session'
import { createMemoryBackend } from './key-backend'
import { KeyStore } from './key-store'
import type { SessionRecord } from './session-record'

/** What was signed plays no part here. */
const session = {} as SessionJson

const identity = {
  chainId: 31337,
  sessionManager: zeroAddress,
  owner: zeroAddress,
  gameSlug: 'delve',
} as const

async function createHarness() {
  const keyStore = new KeyStore(createMemoryBackend())
  const views = new Map<string, SessionView>()
  const grant = async (name: string, change: Partial<SessionView> = {}) => {
    const key = await keyStore.createKey()
    const id = `0x${name.padStart(64, '0')}` as const
    const view = {
      ...{ id, key, status: 'active', state: 'active', grantError: null },
      ...{ validAfter: 0, validUntil: 2_000 },
      ...change,
    } as SessionView
    views.set(id, view)
    await keyStore.saveRecord({
      ...identity,
      session,
      publicKey: key.publicKey,
      sessionId: id,
      createdAtMs: views.size,
    })
    return view
  }
  const find = (initial: SessionView | null = null) =>
    findSession({
      keyStore,
      wanted: identity,
      initial,
      getSession: async (sessionId) => {
        const view = views.get(sessionId)
        if (!view) throw new PlaykeyError('session_unknown')
        return view
      },
      nowSeconds: 1_000,
    })
  return { keyStore, views, grant, find }
}

describe('findSession', () => {
  test('behavior: the newest session with a key here wins', async () => {
    const { grant, find } = await createHarness()
    const older = await grant('1')
    const newer = await grant('2')
    expect(await find(older)).toEqual({ view: newer, hasKey: true })
  })

  test('behavior: ended sessions lose their key', async () => {
    const { keyStore, grant, find } = await createHarness()
    const playable = await grant('1')
    const revoked = await grant('2', { status: 'revoked' })
    const expired = await grant('3', { validUntil: 1_000 })
    expect(await find()).toEqual({ view: playable, hasKey: true })
    expect(await keyStore.hasKey(revoked.key.publicKey)).toBe(false)
    expect(await keyStore.hasKey(expired.key.publicKey)).toBe(false)
    expect(await keyStore.listRecords()).toHaveLength(1)
  })

  test('behavior: a session that was extended since it was last seen keeps its key', async () => {
    const { keyStore, views, grant, find } = await createHarness()
    const seen = await grant('1', { validUntil: 1_000 })
    const extended = { ...seen, validUntil: 4_000 }
    views.set(seen.id, extended)
    expect(await find(seen)).toEqual({ view: extended, hasKey: true })
    expect(await keyStore.hasKey(seen.key.publicKey)).toBe(true)
  })

  test('behavior: without anything playable the last ended one is told', async () => {
    const { grant, find } = await createHarness()
    const revoked = await grant('1', { status: 'revoked' })
    expect(await find()).toEqual({ view: revoked, hasKey: false })
  })

  test('behavior: a session whose key is elsewhere is orphaned here', async () => {
    const { keyStore, grant, find } = await createHarness()
    const view = await grant('1')
    await keyStore.wipe(view.key.publicKey)
    expect(await find(view)).toEqual({ view, hasKey: false })
  })

  test('behavior: a record the relay never knew is wiped', async () => {
    const { keyStore, views, grant, find } = await createHarness()
    await grant('1')
    views.clear()
    expect(await find()).toEqual({ view: null, hasKey: false })
    expect(await keyStore.listRecords()).toEqual([])
  })

  test('behavior: records of other games, wallets and deployments stay out', async () => {
    const { keyStore, find } = await createHarness()
    for (const change of [
      { gameSlug: 'other' },
      { chainId: 1 },
      { owner: `0x${'11'.repeat(20)}` as const },
    ]) {
      const { publicKey } = await keyStore.createKey()
      await keyStore.saveRecord({
        ...identity,
        ...{ session, publicKey, sessionId: zeroHash, createdAtMs: 0 },
        ...change,
      } satisfies SessionRecord)
    }
    expect(await find()).toEqual({ view: null, hasKey: false })
    expect(await keyStore.listRecords()).toHaveLength(3)
  })

  test('error: a relay that cannot be reached wipes nothing', async () => {
    const { keyStore, grant } = await createHarness()
    await grant('1')
    const failing = findSession({
      keyStore,
      wanted: identity,
      initial: null,
      getSession: async () => {
        throw new PlaykeyError('connection_lost')
      },
      nowSeconds: 1_000,
    })
    await expect(failing).rejects.toMatchObject({ code: 'connection_lost' })
    expect(await keyStore.listRecords()).toHaveLength(1)
  })
})

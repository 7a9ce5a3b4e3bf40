import type { Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { SessionView } from '@/lib/session/session-view'
import type { KeyStore } from './key-store'
import { endOf } from './session-end'
import { matchesRecord, type SessionRecord } from './session-record'

export type FindInput = {
  keyStore: KeyStore
  wanted: Pick<
    SessionRecord,
    'chainId' | 'sessionManager' | 'owner' | 'gameSlug'
  >
  /** Session that the server would show. */
  initial: SessionView | null
  /** Asks the relay. @throws PlaykeyError `session_unknown` or `not_found` for one it does not know. */
  getSession: (sessionId: Hex) => Promise<SessionView>
  nowSeconds: number
}

export type FoundSession = { view: SessionView | null; hasKey: boolean }

function isOver(view: SessionView, nowSeconds: number): boolean {
  return (
    view.status === 'revoked' ||
    view.grantError !== null ||
    nowSeconds >= endOf(view)
  )
}

function isUnknown(error: unknown): boolean {
  return (
    error instanceof PlaykeyError &&
    (error.code === 'session_unknown' || error.code === 'not_found')
  )
}

/**
 * The session to play: the newest that this browser holds the key of, else the one the server knows.
 * Keys of sessions that the chain has ended, or that it never knew, are wiped on the way.
 */
export async function findSession(input: FindInput): Promise<FoundSession> {
  const { keyStore, initial, getSession, nowSeconds } = input
  const records = await keyStore.listRecords()
  let ended: SessionView | null = null
  for (const record of records) {
    if (!matchesRecord(record, input.wanted)) continue
    const { sessionId, publicKey } = record
    try {
      // What was over when it was last seen may have been extended since.
      const isKnown = initial?.id === sessionId && !isOver(initial, nowSeconds)
      const view = isKnown ? initial : await getSession(sessionId)
      const hasKey = await keyStore.hasKey(publicKey)
      if (!isOver(view, nowSeconds) && hasKey) return { view, hasKey }
      ended ??= view
      if (isOver(view, nowSeconds)) await keyStore.wipe(publicKey)
    } catch (error) {
      if (!isUnknown(error)) throw error
      await keyStore.wipe(publicKey)
    }
  }
  if (initial && !isOver(initial, nowSeconds)) {
    const hasKey = await keyStore.hasKey(initial.key.publicKey)
    return { view: initial, hasKey }
  }
  return { view: ended ?? initial, hasKey: false }
}

import type { Address, Hex } from 'viem'
import type { SessionStatus } from '@/lib/session/session'
import type { Queryable } from '../relay/notify-events'

/** What the chain decides of a session. Amounts as decimal strings, so that it can be compared and stored as JSON. */
export type SessionState = {
  status: SessionStatus
  /** Unix seconds, inclusive; null while pending, when the chain has none. */
  validAfter: number | null
  /** Unix seconds, exclusive; null while pending. */
  validUntil: number | null
  /** Of lane 0. */
  nextSequence: number
  cells: number[]
  /** Next sequence of each other lane: lane → sequence. */
  lanes: Record<string, number>
  /** Index → total, window, in window. */
  meters: Record<string, [total: string, window: number, inWindow: string]>
}

/** A session as the database has it. */
export type StoredSession = {
  id: Hex
  account: Address
  epoch: number
  meterIndexes: number[]
  state: SessionState
}

type Row = {
  id: Hex
  account: Address
  epoch: number
  meterIndexes: number[]
  status: SessionStatus
  validAfter: string
  validUntil: string
  nextSequence: string
  cells: number[]
  lanes: SessionState['lanes'] | null
  meters: SessionState['meters'] | null
}

/** SQL of the columns that `toStored` reads, of sessions `s`. */
export const storedColumns = `s.id, s."accountAddress" AS account, s.epoch, s."meterIndexes", s.status::text, s."validAfter",
  s."validUntil", s."nextSequence", s.cells,
  (SELECT json_object_agg(l.lane, l."nextSequence" ORDER BY l.lane) FROM "SessionLane" l WHERE l."sessionId" = s.id)
    AS lanes,
  (SELECT json_object_agg(m.index, json_build_array(m.total::text, m."window", m."inWindow"::text) ORDER BY m.index)
    FROM "SessionMeter" m WHERE m."sessionId" = s.id) AS meters`

/** Sessions as they are stored, locked until the transaction ends. */
export async function lockStored(
  client: Queryable,
  ids: readonly Hex[],
): Promise<StoredSession[]> {
  // The lock comes first: what a statement before it sees may have changed when it is given.
  await client.query(
    'SELECT id FROM "Session" WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE',
    [ids],
  )
  return loadStored(client, ids)
}

/** Sessions as they are stored. */
export async function loadStored(
  client: Queryable,
  ids: readonly Hex[],
): Promise<StoredSession[]> {
  const { rows } = (await client.query(
    `SELECT ${storedColumns} FROM "Session" s WHERE s.id = ANY($1) ORDER BY s.id`,
    [ids],
  )) as { rows: Row[] }
  return rows.map(toStored)
}

/** A row of `storedColumns`. */
export function toStored(row: Row): StoredSession {
  const { id, account, epoch, meterIndexes, status, cells } = row
  const isPending = status === 'pending'
  return {
    ...{ id, account, epoch, meterIndexes },
    state: {
      ...{ status, cells },
      validAfter: isPending ? null : Number(row.validAfter),
      validUntil: isPending ? null : Number(row.validUntil),
      nextSequence: Number(row.nextSequence),
      lanes: row.lanes ?? {},
      meters: row.meters ?? {},
    },
  }
}

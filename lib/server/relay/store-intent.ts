import { type Hex, hexToBytes } from 'viem'
import type { Intent } from '@/lib/intent/intent'
import { channels } from '../db/channels'
import type { Database } from '../db/database'
import type { Charges } from './reserve-usage'

/** A checked intent as it is stored. */
export type AdmittedIntent = {
  id: Hex
  intent: Intent
  /** Table entry of each call. */
  entries: number[]
  /** Reserved until it is settled. */
  charges: Charges
  /** Bytes for the bundle. */
  packed: Hex
}

const statement = `
  WITH turn AS (
    UPDATE "Session" SET "admitVersion" = "admitVersion" + 1
    WHERE id = $2 AND "admitVersion" = $3 AND "revokeRequestedAt" IS NULL AND status <> 'revoked'
    RETURNING id),
  stored AS (
    INSERT INTO "Intent" (id, "sessionId", lane, sequence, calls, entries, "cellCharges", "meterCharges", place,
      expiry, "callGas", packed, status)
    SELECT $1, turn.id, $4, $5, $6::jsonb, $7, $8, $9, $10, $11, $12, $13, 'queued' FROM turn
    ON CONFLICT DO NOTHING
    RETURNING id)
  SELECT pg_notify('${channels.work}', 'intent') FROM stored`

/**
 * Stores an intent and wakes the worker, in one statement that is durable when this resolves.
 * @param admitVersion The session's version that the checks were made against.
 * @returns false when the session changed since, or another intent has taken the place; then nothing was stored.
 */
export async function storeIntent(
  { pool }: Database,
  admitVersion: number,
  { id, intent, entries, charges, packed }: AdmittedIntent,
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'store-intent',
    text: statement,
    values: [
      id,
      intent.sessionId,
      admitVersion,
      intent.lane,
      intent.sequence,
      JSON.stringify(
        intent.calls.map(({ to, value, data }) => ({
          to,
          value: value.toString(),
          data,
        })),
      ),
      entries,
      charges.cells,
      charges.meters,
      placeOf(intent.sessionId, intent.lane, intent.sequence),
      intent.expiry,
      intent.callGas,
      Buffer.from(hexToBytes(packed)),
    ],
  })
  return rowCount === 1
}

/** Name of a place in a session's order; at most one live intent holds it. */
export function placeOf(
  sessionId: string,
  lane: number,
  sequence: number,
): string {
  return `${sessionId}:${lane}:${sequence}`
}

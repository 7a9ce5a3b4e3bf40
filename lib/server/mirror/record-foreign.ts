import { concatHex, type Hex, keccak256, numberToHex } from 'viem'
import type { RelayContext } from '../relay/relay-context'
import {
  type IntentEvent,
  outcomeOf,
  placeIn,
  placeOfEvent,
  signedBytes,
} from './apply-intents'

/**
 * Intents of ours at whose places a stranger's transaction executed another one of the same key. One that carried our
 * very bytes did our work instead.
 */
export async function findOtherIntents(
  { client, database }: RelayContext,
  events: readonly IntentEvent[],
): Promise<Hex[]> {
  const executed = events.filter(({ name }) => name === 'IntentExecuted')
  const { rows } = await database.pool.query<{
    id: Hex
    signed: string
    txHash: Hex
  }>(
    `SELECT i.id, ${signedBytes('i')} AS signed, e.tx AS "txHash"
     FROM unnest($1::text[], $2::text[]) AS e(tx, place)
     JOIN "Intent" i ON i.place = e.place
     WHERE i.status IN ('queued', 'submitted') AND i.packed IS NOT NULL`,
    [executed.map(({ txHash }) => txHash), executed.map(placeOfEvent)],
  )
  const others: Hex[] = []
  for (const { id, signed, txHash } of rows) {
    const { input } = await client.getTransaction({ hash: txHash })
    if (!input.includes(signed)) others.push(id)
  }
  return others
}

/** Records executions that did not pass through this relay, of intents that we do not hold. Those recorded before are left as they are. */
export async function recordForeign(
  { database }: RelayContext,
  events: readonly IntentEvent[],
): Promise<void> {
  const executed = events.filter(({ name }) => name === 'IntentExecuted')
  const places = executed.map(placeIn)
  await database.pool.query(
    `INSERT INTO "Intent" (id, "sessionId", lane, sequence, calls, entries, "callGas", expiry, "cellCharges",
       "meterCharges", place, status, reason, "txHash", "blockNumber", "settledAt")
     SELECT e.id, s.id, e.lane, e.sequence, '[]', '{}', 0, 0, '{}', '{}', e.place, e.outcome::"IntentStatus",
       'executed_elsewhere', e.tx, e.block, now()
     FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bigint[])
       AS e(id, session, lane, sequence, place, outcome, tx, block)
     JOIN "Session" s ON s.id = e.session
     WHERE NOT EXISTS (SELECT 1 FROM "Intent" i WHERE i.place = e.place)
     ON CONFLICT DO NOTHING`,
    [
      executed.map(({ txHash, logIndex }) => foreignId(txHash, logIndex)),
      executed.map(({ subject }) => subject),
      places.map(({ lane }) => lane),
      places.map(({ sequence }) => sequence),
      executed.map(placeOfEvent),
      executed.map(outcomeOf),
      executed.map(({ txHash }) => txHash),
      executed.map(({ blockNumber }) => blockNumber.toString()),
    ],
  )
}

/** Id of an intent whose content we do not know: named by the event that told of it. */
function foreignId(txHash: Hex, logIndex: number): Hex {
  return keccak256(concatHex([txHash, numberToHex(logIndex, { size: 4 })]))
}

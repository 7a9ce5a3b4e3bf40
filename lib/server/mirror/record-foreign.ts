import { concatHex, type Hex, keccak256, numberToHex } from 'viem'
import type { RelayContext } from '../relay/relay-context'
import { placeOf } from '../relay/store-intent'
import {
  type AppliedIntent,
  type IntentEvent,
  placeOfEvent,
} from './apply-intents'

/** Byte of a packed intent, from 1, from which on every bundle has the same: its signature, and the calls that it signs. */
const SIGNED_FROM = 19

/**
 * Places that a stranger's transaction used for another intent of the same key than the one we hold. One that
 * carried our very bytes did our work instead.
 */
export async function findOtherIntents(
  { client, database }: RelayContext,
  events: readonly IntentEvent[],
): Promise<ReadonlySet<string>> {
  const executed = events.filter(({ name }) => name === 'IntentExecuted')
  const { rows } = await database.pool.query<{
    place: string
    packed: string
    txHash: Hex
  }>(
    `SELECT i.place, encode(substring(i.packed FROM ${SIGNED_FROM}), 'hex') AS packed, e.tx AS "txHash"
     FROM unnest($1::text[], $2::text[]) AS e(tx, place)
     JOIN "Intent" i ON i.place = e.place
     WHERE i.status IN ('queued', 'submitted') AND i.packed IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM "RelayAttempt" a WHERE a.hash = e.tx)`,
    [executed.map(({ txHash }) => txHash), executed.map(placeOfEvent)],
  )
  const others = new Set<string>()
  for (const { place, packed, txHash } of rows) {
    const { input } = await client.getTransaction({ hash: txHash })
    if (!input.includes(packed)) others.add(place)
  }
  return others
}

/** Records executions that did not pass through this relay, of intents that we do not hold. */
export async function recordForeign(
  { database }: RelayContext,
  applied: readonly AppliedIntent[],
): Promise<void> {
  const { prisma } = database
  for (const entry of applied) {
    const { sessionId, lane, sequence, txHash, logIndex } = entry
    const event = await prisma.chainEvent.findUnique({
      where: { txHash_logIndex: { txHash, logIndex } },
    })
    const isKnown = await prisma.session.count({ where: { id: sessionId } })
    if (isKnown === 0) continue
    await prisma.intent.createMany({
      data: {
        ...{ id: foreignId(txHash, logIndex), sessionId, lane, sequence },
        ...{ calls: [], entries: [], expiry: 0, callGas: 0 },
        ...{ cellCharges: [], meterCharges: [] },
        place: placeOf(sessionId, lane, sequence),
        status: entry.outcome,
        reason: 'executed_elsewhere',
        txHash,
        blockNumber: event?.blockNumber ?? null,
        settledAt: new Date(),
      },
      skipDuplicates: true,
    })
  }
}

/** Id of an intent whose content we do not know: named by the event that told of it. */
function foreignId(txHash: Hex, logIndex: number): Hex {
  return keccak256(concatHex([txHash, numberToHex(logIndex, { size: 4 })]))
}

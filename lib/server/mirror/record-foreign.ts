import { bytesToHex, concatHex, type Hex, keccak256, numberToHex } from 'viem'
import type { RelayContext } from '../relay/relay-context'
import { placeOf } from '../relay/store-intent'
import type { AppliedIntent } from './apply-intents'

/** Records executions that did not pass through this relay: as settled elsewhere when they are ours, as rows of their own when not. */
export async function recordForeign(
  context: RelayContext,
  applied: readonly AppliedIntent[],
): Promise<void> {
  for (const entry of applied) {
    if (entry.id === null || !(await carriedOurs(context, entry)))
      await insertForeign(context, entry)
  }
}

/** Whether the foreign transaction carried the very bytes that we hold; else someone used the place for another intent of the same key. */
async function carriedOurs(
  { client, database }: RelayContext,
  { id, txHash }: AppliedIntent,
): Promise<boolean> {
  const [transaction, intent] = await Promise.all([
    client.getTransaction({ hash: txHash }),
    database.prisma.intent.findUnique({
      where: { id: id ?? '' },
      select: { packed: true },
    }),
  ])
  if (!intent?.packed) return true
  return transaction.input.includes(bytesToHex(intent.packed).slice(2))
}

async function insertForeign(
  { database }: RelayContext,
  entry: AppliedIntent,
): Promise<void> {
  const { sessionId, lane, sequence, txHash, logIndex } = entry
  const place = placeOf(sessionId, lane, sequence)
  const event = await database.prisma.chainEvent.findUnique({
    where: { txHash_logIndex: { txHash, logIndex } },
  })
  await database.prisma.$transaction(async (transaction) => {
    if (entry.id !== null)
      await transaction.intent.update({
        where: { id: entry.id },
        data: { status: 'rejected', reason: 'sequence_used', place: null },
      })
    const known = await transaction.session.count({ where: { id: sessionId } })
    if (known === 0) return
    await transaction.intent.createMany({
      data: {
        id: foreignId(txHash, logIndex),
        sessionId,
        lane,
        sequence,
        calls: [],
        entries: [],
        valuesWei: [],
        place,
        expiry: 0,
        callGas: 0,
        status: entry.outcome,
        reason: 'executed_elsewhere',
        txHash,
        blockNumber: event?.blockNumber ?? null,
        settledAt: new Date(),
      },
      skipDuplicates: true,
    })
  })
}

/** Id of an intent whose content we do not know: named by the event that told of it. */
function foreignId(txHash: Hex, logIndex: number): Hex {
  return keccak256(concatHex([txHash, numberToHex(logIndex, { size: 4 })]))
}

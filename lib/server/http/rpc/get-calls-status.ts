import {
  type Hex,
  isAddressEqual,
  numberToHex,
  type TransactionReceipt,
} from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { stageOf } from '@/lib/intent/intent-stage'
import { toEip5792Status } from '@/lib/intent/intent-status'
import type { CallsStatusResult } from '@/lib/rpc/calls-methods'
import { getDeployment } from '../../chain/deployment'
import { readFinalNumber } from '../../chain/read-final'
import { getChainClient } from '../../chain/server-chain'
import { getDatabase } from '../../db/database'
import { parseLogs, type RawLog } from '../../mirror/parse-logs'

type Place = { sessionId: string; lane: bigint; sequence: bigint }

/** `wallet_getCallsStatus` (EIP-5792). @throws PlaykeyError `unknown_calls_id` */
export async function getCallsStatus([id]: [Hex]): Promise<CallsStatusResult> {
  const database = getDatabase()
  const [intent, finalNumber] = await Promise.all([
    database.prisma.intent.findUnique({ where: { id } }),
    readFinalNumber(database),
  ])
  if (!intent) throw new PlaykeyError('unknown_calls_id')
  const txHash = intent.txHash as Hex | null
  const isOnChain =
    intent.status === 'confirmed' || intent.status === 'reverted'
  const receipt =
    isOnChain && txHash
      ? await getChainClient()
          .getTransactionReceipt({ hash: txHash })
          .catch(() => null)
      : null
  return {
    version: '2.0.0',
    id,
    chainId: numberToHex(getDeployment().chainId),
    status: toEip5792Status(intent.status),
    atomic: true,
    ...(receipt
      ? {
          receipts: [toReceipt(receipt, intent, intent.status === 'confirmed')],
        }
      : {}),
    capabilities: {
      playkey: {
        status: intent.status,
        stage: stageOf({ ...intent, finalNumber }),
        blockNumber:
          intent.blockNumber === null ? null : Number(intent.blockNumber),
        reason: intent.reason,
        txHash,
        settledAtMs: intent.settledAt?.getTime() ?? null,
      },
    },
  }
}

/** The bundle's receipt as this intent's: its own logs, its own success. */
function toReceipt(
  receipt: TransactionReceipt,
  place: Place,
  isSuccess: boolean,
) {
  return {
    logs: ownLogs(receipt.logs as RawLog[], place).map(
      ({ address, data, topics }) => ({ address, data, topics }),
    ),
    status: isSuccess ? ('0x1' as const) : ('0x0' as const),
    blockHash: receipt.blockHash,
    blockNumber: numberToHex(receipt.blockNumber),
    gasUsed: numberToHex(receipt.gasUsed),
    transactionHash: receipt.transactionHash,
  }
}

/** Logs between the event of the intent before and this intent's own event. */
function ownLogs(logs: RawLog[], place: Place): RawLog[] {
  const { sessionManager } = getDeployment()
  let own: RawLog[] = []
  for (const log of logs) {
    own.push(log)
    if (!isAddressEqual(log.address, sessionManager)) continue
    const [event] = parseLogs([log], sessionManager)
    const isMine =
      event?.name === 'IntentExecuted' &&
      event.subject === place.sessionId &&
      event.outcome.lane === Number(place.lane) &&
      event.outcome.sequence === Number(place.sequence)
    if (isMine) return own
    own = []
  }
  return []
}

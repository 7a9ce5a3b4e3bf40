import { type Address, type Hex, isAddressEqual } from 'viem'
import type {
  TransactionEventView,
  TransactionView,
} from '@/lib/intent/transaction-view'
import { shortAddress } from '@/lib/permission/describe-permission'
import { getDeployment } from '../chain/deployment'
import { readFinalNumber } from '../chain/read-final'
import { reasonOfSelector } from '../chain/reason-of-selector'
import { getChainClient } from '../chain/server-chain'
import { getDatabase } from '../db/database'
import { type MirrorEvent, parseLogs, type RawLog } from '../mirror/parse-logs'

/** A transaction with Playkey's events in words; null when the chain does not know it. */
export async function findTransactionView(
  hash: Hex,
): Promise<TransactionView | null> {
  const client = getChainClient()
  const [transaction, receipt] = await Promise.all([
    client.getTransaction({ hash }).catch(() => null),
    client.getTransactionReceipt({ hash }).catch(() => null),
  ])
  if (!transaction) return null
  const base = {
    hash,
    from: transaction.from,
    to: transaction.to,
    toName: nameOf(transaction.to),
  }
  if (!receipt)
    return {
      ...base,
      ...{ status: 'pending', blockNumber: null, timestamp: null },
      isFinal: false,
      ...{ gasUsed: null, gasPriceWei: null, events: [] },
    }
  const [block, finalNumber] = await Promise.all([
    client.getBlock({ blockNumber: receipt.blockNumber }),
    readFinalNumber(getDatabase()),
  ])
  const logs = receipt.logs as RawLog[]
  return {
    ...base,
    status: receipt.status,
    blockNumber: Number(receipt.blockNumber),
    isFinal: receipt.blockNumber <= finalNumber,
    timestamp: Number(block.timestamp),
    gasUsed: receipt.gasUsed.toString(),
    gasPriceWei: receipt.effectiveGasPrice.toString(),
    events: parseLogs(logs, getDeployment().sessionManager).map(toEventView),
  }
}

function nameOf(address: Address | null): string | null {
  if (!address) return null
  const { sessionManager, factory, delve } = getDeployment()
  if (isAddressEqual(address, sessionManager)) return 'Session manager'
  if (isAddressEqual(address, factory)) return 'Account factory'
  return isAddressEqual(address, delve) ? 'Delve' : null
}

function toEventView(event: MirrorEvent): TransactionEventView {
  const { name, subject, logIndex } = event
  const isSession = /^(Session|Intent|Grant)/.test(name)
  return {
    ...{ logIndex, name, sentence: toSentence(event) },
    sessionId: isSession ? subject : null,
    policyId: policyOf(event),
    account: accountOf(event),
    isSuccess: isSuccess(event),
  }
}

function toSentence(event: MirrorEvent): string {
  const about = shortAddress(event.subject)
  switch (event.name) {
    case 'SessionGranted':
      return `Session ${about} of ${shortAddress(event.granted.account)} was enabled until ${new Date(event.granted.validUntil * 1000).toISOString()}.`
    case 'GrantRejected':
      return `A grant of session ${about} was refused (${reasonOfSelector(event.reason)}).`
    case 'IntentExecuted':
      return event.outcome.isSuccess
        ? `Session ${about} made move ${event.outcome.sequence}.`
        : `Move ${event.outcome.sequence} of session ${about} was refused by the game (${reasonOfSelector(event.outcome.revertSelector)}).`
    case 'IntentRejected':
      return `Move ${event.rejection.sequence} of session ${about} was rejected (${reasonOfSelector(event.rejection.reasonSelector)}).`
    case 'SessionRevoked':
      return `Session ${about} was ended by ${shortAddress(event.revoked.by)}.`
    case 'EpochBumped':
      return `All sessions of ${about} were ended.`
    case 'PolicyPublished':
      return `Policy ${about} was published.`
    case 'PolicyPaused':
      return `Policy ${about} was paused.`
    case 'PolicyUnpaused':
      return `The pause of policy ${about} was lifted.`
  }
}

function policyOf(event: MirrorEvent): Hex | null {
  if (event.name === 'SessionGranted') return event.granted.policyId
  return event.name.startsWith('Policy') ? event.subject : null
}

function accountOf(event: MirrorEvent): Address | null {
  if (event.name === 'SessionGranted') return event.granted.account
  if (event.name === 'SessionRevoked') return event.revoked.account
  return event.name === 'EpochBumped' ? event.subject : null
}

function isSuccess(event: MirrorEvent): boolean | null {
  if (event.name === 'IntentExecuted') return event.outcome.isSuccess
  const failed =
    event.name === 'IntentRejected' || event.name === 'GrantRejected'
  return failed ? false : null
}

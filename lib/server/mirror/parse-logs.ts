import type { Address, Hex } from 'viem'
import { decodeEvent } from '@/lib/intent/decode-event'
import {
  decodeOutcome,
  decodeRejection,
  type IntentOutcome,
  type IntentRejection,
} from '@/lib/intent/decode-outcome'
import { decodeGranted, type GrantedSession } from './decode-granted'

/** The parts of a log that the mirror needs. */
export type RawLog = {
  address: Address
  topics: [Hex, ...Hex[]] | []
  data: Hex
  transactionHash: Hex
  logIndex: number
  blockNumber: bigint
  blockHash: Hex
}

type Place = {
  txHash: Hex
  logIndex: number
  blockNumber: bigint
  blockHash: Hex
}

/** An event of SessionManager, decoded, with where it happened. */
export type MirrorEvent = Place & {
  /** sessionId, policyId or account, whichever the event is about. */
  subject: Hex
  /** As stored: bigint as decimal string. Null for intents. */
  args: Record<string, unknown> | null
} & (
    | {
        name: 'SessionGranted'
        granted: GrantedSession
      }
    | { name: 'GrantRejected'; reason: Hex }
    | { name: 'IntentExecuted'; outcome: IntentOutcome }
    | { name: 'IntentRejected'; rejection: IntentRejection }
    | { name: 'SessionRevoked'; revoked: { account: Address; by: Address } }
    | { name: 'EpochBumped'; epoch: number }
    | { name: 'PolicyPublished' }
    | { name: 'PolicyPaused' }
    | { name: 'PolicyUnpaused'; pausedUntil: number }
  )

/** Decodes SessionManager's events, in order; other logs are left out. */
export function parseLogs(
  logs: readonly RawLog[],
  sessionManager: Address,
): MirrorEvent[] {
  const own = sessionManager.toLowerCase()
  return logs.flatMap((log) => {
    if (log.address.toLowerCase() !== own) return []
    const event = parseLog(log)
    return event ? [event] : []
  })
}

function parseLog(log: RawLog): MirrorEvent | null {
  const decoded = decodeEvent(log)
  if (!decoded) return null
  const place: Place = {
    txHash: log.transactionHash,
    logIndex: log.logIndex,
    blockNumber: log.blockNumber,
    blockHash: log.blockHash,
  }
  const base = {
    ...place,
    // Of an event with a single topic, that is the session's id.
    subject: (log.topics[1] ?? log.topics[0] ?? '0x') as Hex,
    args: decoded.eventName.startsWith('Intent') ? null : toJson(decoded.args),
  }
  const { eventName, args } = decoded
  if (eventName === 'SessionGranted')
    return { ...base, name: eventName, granted: decodeGranted(args) }
  if (eventName === 'GrantRejected')
    return { ...base, name: eventName, reason: args.reason }
  if (eventName === 'IntentExecuted')
    return { ...base, name: eventName, outcome: decodeOutcome(args.outcome) }
  if (eventName === 'IntentRejected')
    return { ...base, name: eventName, rejection: decodeRejection(args.detail) }
  if (eventName === 'SessionRevoked')
    return { ...base, name: eventName, revoked: args }
  if (eventName === 'EpochBumped')
    return {
      ...base,
      name: eventName,
      epoch: args.epoch,
      subject: args.account,
    }
  if (eventName === 'PolicyUnpaused')
    return { ...base, name: eventName, pausedUntil: args.pausedUntil }
  if (eventName === 'PolicyPublished' || eventName === 'PolicyPaused')
    return { ...base, name: eventName }
  return null
}

function toJson(value: unknown): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(value, (_, item) =>
      typeof item === 'bigint' ? item.toString() : item,
    ),
  )
}

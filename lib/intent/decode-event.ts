import {
  type DecodeEventLogReturnType,
  decodeEventLog,
  type Hex,
  hexToBigInt,
} from 'viem'
import { sessionManagerAbi } from '../contracts/generated/session-manager'

/** An event of SessionManager, with its arguments by name. */
export type SessionManagerEvent = DecodeEventLogReturnType<
  typeof sessionManagerAbi
>

/**
 * Decodes a log of SessionManager.
 * @returns null for a log that is none of its events.
 */
export function decodeEvent(log: {
  topics: readonly Hex[]
  data: Hex
}): SessionManagerEvent | null {
  const [topic, ...others] = log.topics
  if (topic === undefined) return null
  // The only anonymous event: its single topic is the session's id.
  if (others.length === 0) {
    const args = { sessionId: topic, outcome: hexToBigInt(log.data) }
    return { eventName: 'IntentExecuted', args }
  }
  try {
    return decodeEventLog({
      abi: sessionManagerAbi,
      data: log.data,
      topics: [topic, ...others],
    })
  } catch {
    return null
  }
}

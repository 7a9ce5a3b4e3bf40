import {
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  numberToHex,
} from 'viem'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { SessionStatus } from '@/lib/session/session'
import { type RpcAnswer, requestBatch } from '../chain/batch-request'
import type { RelayContext } from '../relay/relay-context'
import type { SessionState, StoredSession } from './stored-session'

const abi = sessionManagerAbi

type Call =
  | { functionName: 'sessionOf'; args: [Hex] }
  | { functionName: 'epochOf'; args: [Hex] }
  | { functionName: 'laneSequenceOf'; args: [Hex, number] }
  | { functionName: 'meterOf'; args: [Hex, bigint] }

/**
 * What the chain says of these sessions, and of the lanes and meters that are stored of them, at a block or now.
 * @returns null for one that could not be read
 * @throws when the node cannot be reached
 */
export async function readSessions(
  { client, sessionManager }: RelayContext,
  sessions: readonly StoredSession[],
  block: bigint | 'latest',
): Promise<(SessionState | null)[]> {
  const at = typeof block === 'bigint' ? numberToHex(block) : block
  const calls = sessions.map(callsOf)
  const answers = await requestBatch(
    client,
    calls.flat().map((call) => {
      const data = encodeFunctionData({ abi, ...call })
      return { method: 'eth_call', params: [{ to: sessionManager, data }, at] }
    }),
  )
  let from = 0
  return sessions.map((session, index) => {
    const own = calls[index] ?? []
    const part = answers.slice(from, from + own.length)
    from += own.length
    return toState(session, own, part)
  })
}

function callsOf({ id, account, meterIndexes, state }: StoredSession): Call[] {
  const meters = new Set([
    ...meterIndexes,
    ...Object.keys(state.meters).map(Number),
  ])
  return [
    { functionName: 'sessionOf', args: [id] },
    { functionName: 'epochOf', args: [account] },
    ...Object.keys(state.lanes).map(
      (lane): Call => ({
        functionName: 'laneSequenceOf',
        args: [id, Number(lane)],
      }),
    ),
    ...[...meters].map(
      (index): Call => ({
        functionName: 'meterOf',
        args: [id, BigInt(index)],
      }),
    ),
  ]
}

function toState(
  session: StoredSession,
  calls: readonly Call[],
  answers: readonly RpcAnswer[],
): SessionState | null {
  let state: SessionState | null = null
  for (const [index, call] of calls.entries()) {
    const answer = answers[index]
    if (!answer?.ok) return null
    const data = answer.result as Hex
    if (call.functionName === 'sessionOf') {
      state = toBase(
        decodeFunctionResult({ abi, functionName: 'sessionOf', data }),
      )
      continue
    }
    if (!state) return null
    if (call.functionName === 'epochOf') {
      const epoch = decodeFunctionResult({ abi, functionName: 'epochOf', data })
      if (epoch > session.epoch) state.status = 'revoked'
    } else if (call.functionName === 'laneSequenceOf') {
      state.lanes[call.args[1]] = decodeFunctionResult({
        ...{ abi, functionName: call.functionName, data },
      })
    } else {
      const [total, window, inWindow] = decodeFunctionResult({
        ...{ abi, functionName: 'meterOf', data },
      })
      const index = call.args[1].toString()
      const amounts = [total.toString(), inWindow.toString()] as const
      state.meters[index] = [amounts[0], Number(window), amounts[1]]
    }
  }
  return state
}

type SessionRecord = {
  status: number
  validAfter: number
  validUntil: number
  nextSequence: number
  cells: readonly number[]
}

const statuses: readonly SessionStatus[] = ['pending', 'active', 'revoked']

function toBase(record: SessionRecord): SessionState {
  const status = statuses[record.status] ?? 'pending'
  // A session that was ended before it was ever granted has no window.
  const hasWindow = record.validUntil > 0
  return {
    status,
    validAfter: hasWindow ? record.validAfter : null,
    validUntil: hasWindow ? record.validUntil : null,
    nextSequence: record.nextSequence,
    cells: [...record.cells],
    ...{ lanes: {}, meters: {} },
  }
}

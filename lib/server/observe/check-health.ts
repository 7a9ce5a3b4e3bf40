import type { ChainClient } from '../chain/chain-client'
import type { Database } from '../db/database'
import { inTime } from './in-time'
import { type RelayState, readRelayState } from './read-relay-state'

/** What may be wrong; README says what each means and what to do. */
export type HealthCode =
  | 'database_away'
  | 'chain_away'
  | 'chain_stale'
  | 'no_worker'
  | 'lease_free'
  | 'queue_old'
  | 'transaction_stuck'
  | 'balance_low'
  | 'mirror_behind'
  | 'disagreement'

export type HealthReason = {
  code: HealthCode
  /** One sentence. */
  message: string
}

/** `down`: requests cannot be served at all. `degraded`: they are, but somebody should look. */
export type Health = {
  status: 'ok' | 'degraded' | 'down'
  reasons: HealthReason[]
}

const CHECK_TIMEOUT_MS = 2_000
/** Queued work older than this means that the workers do not keep up. */
const QUEUE_AGE_MAX_SECONDS = 30
const UNMINED_AGE_MAX_SECONDS = 60
/** Blocks that may come while the mirror applies those before. */
const MIRROR_LAG_MAX_BLOCKS = 200
/** Time in which the mirror should have noticed a new block, in seconds. */
const MIRROR_PAUSE_MAX_SECONDS = 15
/** Nodes behind one address may differ by this many blocks. */
const NODE_LAG_MAX_BLOCKS = 3

/** State of database, chain, workers and queue. Says nothing that strangers may not know. */
export async function checkHealth(context: {
  database: Database
  client: Pick<ChainClient, 'getBlockNumber'>
}): Promise<Health> {
  const [state, blockNumber] = await Promise.all([
    inTime(readRelayState(context.database), CHECK_TIMEOUT_MS),
    inTime(context.client.getBlockNumber(), CHECK_TIMEOUT_MS),
  ])
  return judgeHealth(state, blockNumber === null ? null : Number(blockNumber))
}

/**
 * What is wrong with a relay in this state.
 * @param state Null when the database does not answer.
 * @param nodeBlock The chain's newest block; null when the chain does not answer.
 */
export function judgeHealth(
  state: RelayState | null,
  nodeBlock: number | null,
): Health {
  if (state === null) {
    const message = 'The database does not answer.'
    return { status: 'down', reasons: [{ code: 'database_away', message }] }
  }
  const reasons = [
    ...judgeChain(state, nodeBlock),
    ...judgeLeases(state),
    ...judgeWork(state),
  ]
  return { status: reasons.length > 0 ? 'degraded' : 'ok', reasons }
}

function judgeChain(
  { seenBlock, seenAge, mirroredBlock }: RelayState,
  nodeBlock: number | null,
): HealthReason[] {
  if (nodeBlock === null)
    return [{ code: 'chain_away', message: 'The chain does not answer.' }]
  const behind = seenBlock - nodeBlock
  if (behind > NODE_LAG_MAX_BLOCKS) {
    const message = `The node is ${many(behind, 'block')} behind what it said before.`
    return [{ code: 'chain_stale', message }]
  }
  const lag = nodeBlock - mirroredBlock
  const isPausing = lag > 0 && seenAge > MIRROR_PAUSE_MAX_SECONDS
  if (lag <= MIRROR_LAG_MAX_BLOCKS && !isPausing) return []
  const message = `The mirror is ${many(lag, 'block')} behind the chain.`
  return [{ code: 'mirror_behind', message }]
}

function judgeLeases({ workers, leases }: RelayState): HealthReason[] {
  if (workers === 0)
    return [{ code: 'no_worker', message: 'No worker is at work.' }]
  const free = leases.filter(({ isHeld }) => !isHeld)
  if (free.length === 0) return []
  const names = free.map(({ name }) => name).join(', ')
  const message = `No worker has taken over: ${names}.`
  return [{ code: 'lease_free', message }]
}

function judgeWork(state: RelayState): HealthReason[] {
  const reasons: HealthReason[] = []
  const add = (code: HealthCode, message: string) =>
    reasons.push({ code, message })
  const { queueAge, unminedAge, disagreeing, keys } = state
  if (queueAge > QUEUE_AGE_MAX_SECONDS)
    add('queue_old', `The oldest intent waits for ${Math.floor(queueAge)} s.`)
  if (unminedAge > UNMINED_AGE_MAX_SECONDS) {
    const age = Math.floor(unminedAge)
    add('transaction_stuck', `The oldest transaction waits for ${age} s.`)
  }
  const low = keys.filter(({ isLow }) => isLow).length
  if (low > 0) add('balance_low', `${low} of ${keys.length} keys need ether.`)
  if (disagreeing > 0)
    add(
      'disagreement',
      `The database disagrees with the chain about ${many(disagreeing, 'session')}.`,
    )
  return reasons
}

function many(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

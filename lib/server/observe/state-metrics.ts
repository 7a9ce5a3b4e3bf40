import { Gauge, Registry } from 'prom-client'
import { formatEther } from 'viem'
import type { RelayContext } from '../relay/relay-context'
import { inTime } from './in-time'
import { type RelayState, readRelayState } from './read-relay-state'

const READ_TIMEOUT_MS = 2_000

/** Labels and value of each line of a gauge; the lines of one have the same labels. */
type Lines = [labels: Record<string, string>, value: number][]
type Write = (name: string, help: string, lines: Lines | number) => void

/**
 * What database and chain say at the moment of asking, in Prometheus' text format. Every process says the same, so
 * take the maximum over them. What cannot be read is left out.
 */
export async function renderStateMetrics({
  database,
  client,
}: Pick<RelayContext, 'database' | 'client'>): Promise<string> {
  const [state, block] = await Promise.all([
    inTime(readRelayState(database), READ_TIMEOUT_MS),
    inTime(client.getBlockNumber(), READ_TIMEOUT_MS),
  ])
  const register = new Registry()
  const write: Write = (name, help, given) => {
    const lines: Lines = typeof given === 'number' ? [[{}, given]] : given
    const labelNames = Object.keys(lines[0]?.[0] ?? {})
    if (lines.length === 0) return
    const gauge = new Gauge({ name, help, labelNames, registers: [register] })
    for (const [labels, value] of lines) gauge.set(labels, value)
  }
  write('playkey_database_up', '1 when the database answers.', state ? 1 : 0)
  write('playkey_chain_up', '1 when the chain answers.', block === null ? 0 : 1)
  const { totalCount, idleCount, waitingCount } = database.pool
  write(
    'playkey_database_connections',
    "Connections of this process's pool, and queries that wait for one.",
    [
      [{ state: 'open' }, totalCount],
      [{ state: 'idle' }, idleCount],
      [{ state: 'waiting' }, waitingCount],
    ],
  )
  if (state) writeWork(write, state)
  if (state) writeKeys(write, state)
  if (state && block !== null)
    write(
      'playkey_mirror_lag_blocks',
      'Blocks of the chain that are not applied to the database.',
      Math.max(0, Number(block) - state.mirroredBlock),
    )
  return register.metrics()
}

function writeWork(write: Write, state: RelayState): void {
  write('playkey_queue_length', 'Intents and tasks that are not settled.', [
    [{ status: 'queued' }, state.queued],
    [{ status: 'submitted' }, state.submitted],
    [{ status: 'tasks' }, state.tasks],
  ])
  write(
    'playkey_queue_age_seconds',
    'Age of the oldest queued intent that may be sent.',
    state.queueAge,
  )
  write(
    'playkey_unmined_age_seconds',
    'Age of the oldest transaction that is not mined.',
    state.unminedAge,
  )
  write(
    'playkey_disagreeing_sessions',
    'Sessions about which the database disagrees with the chain.',
    state.disagreeing,
  )
  write(
    'playkey_final_block',
    'Newest block that is not undone any more.',
    state.finalBlock,
  )
}

function writeKeys(write: Write, { workers, keys, leases }: RelayState): void {
  write('playkey_workers', 'Worker processes that are at work.', workers)
  const labelsOf = ({ role, index }: { role: string; index: number }) => ({
    ...{ role, index: String(index) },
  })
  write(
    'playkey_key_balance_ether',
    'Balance of a key, by role and place among the keys of its role.',
    keys.map((key) => [
      labelsOf(key),
      Number(formatEther(BigInt(key.balanceWei))),
    ]),
  )
  write(
    'playkey_key_low',
    '1 when a key has less than the minimum and takes no new work.',
    keys.map((key) => [labelsOf(key), key.isLow ? 1 : 0]),
  )
  write(
    'playkey_lease_held',
    '1 when a worker holds the lease.',
    leases.map(({ name, isHeld }) => [{ lease: name }, isHeld ? 1 : 0]),
  )
  write(
    'playkey_lease_fence',
    'Times that a worker took the lease.',
    leases.map(({ name, fence }) => [{ lease: name }, fence]),
  )
}

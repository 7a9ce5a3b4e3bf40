import type { Hex } from 'viem'
import type { ChainClient } from '@/lib/server/chain/chain-client'
import { inParallel } from './in-parallel'
import { type Entry, isSettledStatus, type Journal } from './journal'
import { type Execution, readMoves, type Truth } from './truth'

/** What is wrong with a run; every list should be empty. */
export type Verdict = {
  acknowledged: number
  executed: number
  rejected: number
  /** Acknowledged, and neither executed nor refused with a reason. */
  lost: string[]
  /** Effects that happened twice. */
  doubled: string[]
  /** Acknowledged, and not at its end by now. */
  unsettled: string[]
  /** The relay said something else than the chain says. */
  contradicted: string[]
}

/** Holds what players were told against what the chain says. */
export async function judge(
  journal: Journal,
  truth: Truth,
  client: ChainClient,
): Promise<Verdict> {
  const places = groupByPlace(truth.executions)
  const verdict: Verdict = {
    ...{ acknowledged: 0, executed: 0, rejected: 0 },
    ...{ lost: [], doubled: [], unsettled: [], contradicted: [] },
  }
  for (const [place, executions] of places)
    if (executions.length > 1) verdict.doubled.push(`sequence of ${place}`)
  for (const entry of journal.entries.values())
    if (entry.acknowledgedMs !== null) judgeEntry(entry, places, truth, verdict)
    else if (entry.refusal && findExecution(entry, places, truth))
      verdict.contradicted.push(`${entry.id}: ${entry.refusal}, but executed`)
  verdict.doubled.push(...(await findExtraMoves(journal, truth, client)))
  return verdict
}

function judgeEntry(
  entry: Entry,
  places: Map<string, Execution[]>,
  truth: Truth,
  verdict: Verdict,
): void {
  const name = `${entry.kind} ${entry.id} (${entry.status}, ${entry.reason})`
  const execution = findExecution(entry, places, truth)
  verdict.acknowledged += 1
  if (execution) verdict.executed += 1
  if (!isSettledStatus(entry.status)) verdict.unsettled.push(name)
  if (entry.status === 'rejected' && !execution) verdict.rejected += 1
  const isRefused = entry.status === 'rejected' && entry.reason !== null
  if (!execution && !isRefused) verdict.lost.push(name)
  const expected = execution
    ? execution.isSuccess
      ? 'confirmed'
      : 'reverted'
    : 'rejected'
  if (isSettledStatus(entry.status) && entry.status !== expected)
    verdict.contradicted.push(`${name}: on chain ${expected}`)
}

/** Its signature is in the call data: at its place the chain may have executed another intent of the same key. */
function findExecution(
  entry: Entry,
  places: Map<string, Execution[]>,
  { inputs }: Truth,
): Execution | undefined {
  const signature = entry.signature.slice(2)
  return places
    .get(placeOf(entry))
    ?.find(({ txHash }) => inputs.get(txHash)?.includes(signature))
}

/** Delve counts steps by itself: more than there were successful moves means that one had its effect twice. */
async function findExtraMoves(
  journal: Journal,
  { executions }: Truth,
  client: ChainClient,
): Promise<string[]> {
  const successes = new Map<Hex, number>()
  for (const { sessionId, isSuccess } of executions)
    if (isSuccess) successes.set(sessionId, (successes.get(sessionId) ?? 0) + 1)
  const accounts = new Map(
    [...journal.entries.values()].map(({ account, sessionId }) => [
      account,
      sessionId,
    ]),
  )
  const found = await inParallel([...accounts], async ([account, session]) => {
    const moves = await readMoves(client, account)
    const expected = successes.get(session) ?? 0
    return moves > expected
      ? [`${account} walked ${moves} steps by ${expected} moves`]
      : []
  })
  return found.flat()
}

type Place = { sessionId: Hex; lane: number; sequence: number }

function placeOf({ sessionId, lane, sequence }: Place): string {
  return `${sessionId}:${lane}:${sequence}`
}

function groupByPlace(
  executions: readonly Execution[],
): Map<string, Execution[]> {
  const places = new Map<string, Execution[]>()
  for (const execution of executions) {
    const place = placeOf(execution)
    places.set(place, [...(places.get(place) ?? []), execution])
  }
  return places
}

/** Executions of a session after its revocation, in the chain's order. @throws when it was not revoked on chain */
export function countExecutedAfter(
  { executions, revocations }: Truth,
  sessionId: Hex,
): number {
  const end = revocations.get(sessionId)
  if (!end) throw new Error('the revocation did not reach the chain')
  return executions.filter(
    ({ sessionId: of, blockNumber, logIndex }) =>
      of === sessionId &&
      (blockNumber > end.blockNumber ||
        (blockNumber === end.blockNumber && logIndex > end.logIndex)),
  ).length
}

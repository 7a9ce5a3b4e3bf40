import { parseGwei } from 'viem'
import { getDatabase } from '@/lib/server/db/database'
import { findBudgetDrift } from '@/lib/server/sponsor/find-budget-drift'
import { localAccounts, localRelayers } from '../stack/keys'
import { findDisagreements } from './compare-database'
import { readStatuses } from './relay-http'
import type { Run } from './run'
import { readTruth, type Truth } from './truth'
import { judge, type Verdict } from './verdict'

/** What a run left behind, when everything has come to rest. */
export type Findings = {
  verdict: Verdict
  truth: Truth
  /** Database against chain. */
  disagreements: string[]
  /** Budgets against intents. */
  budgetDrift: string[]
  /** Pushed and never so: what no browser may be told. */
  falsePushes: string[]
  highestFeeGwei: number
  /** From acknowledgement to its end, of the slowest. */
  slowestSeconds: number
  slowest: string
}

/** Longest that anything may take, an outage, its expiry and finality included. */
const REST_MS = 120_000

/** Lets everything come to rest and holds it against the chain. */
export async function findOut(run: Run): Promise<Findings> {
  const { cluster, journal, world } = run
  const { client, pool } = cluster
  await run.repair()
  await run.load.pause()
  await run.settleAll(REST_MS)
  await readStatuses(
    world.http,
    journal,
    journal.acknowledged.map(({ id }) => id),
  )
  const payers = [...localRelayers, localAccounts.revoker]
  const truth = await readTruth(
    client,
    payers.map(({ address }) => address),
  )
  const verdict = await judge(journal, truth, client)
  const drift = await findBudgetDrift(getDatabase())
  const [slowest] = journal.acknowledged.sort((a, b) => took(b) - took(a))
  return {
    ...{ verdict, truth },
    disagreements: await findDisagreements(pool, client, truth),
    budgetDrift: drift.map((entry) => JSON.stringify(entry)),
    falsePushes: findFalsePushes(run),
    highestFeeGwei: Number(truth.highestFeeWei) / Number(parseGwei('1')),
    slowestSeconds: slowest ? took(slowest) / 1_000 : 0,
    slowest: slowest ? `${slowest.kind}, ${slowest.status}` : 'none',
  }
}

type Times = { sentMs: number; settledMs: number | null }

function took({ sentMs, settledMs }: Times): number {
  return settledMs === null ? Number.POSITIVE_INFINITY : settledMs - sentMs
}

/** A last word that was pushed, and differs from what is so in the end. */
function findFalsePushes({ journal }: Run): string[] {
  return journal.acknowledged.flatMap(({ id, pushed, status }) => {
    const last = pushed.at(-1)
    const isFalse =
      last !== undefined && /^(confirmed|reverted|rejected)$/.test(last)
    return isFalse && last !== status ? [`${id}: ${pushed} but ${status}`] : []
  })
}

import { Gauge, Registry } from 'prom-client'
import type { Database } from '../db/database'
import { dayOf } from '../sponsor/change-budgets'
import { inTime } from './in-time'

const READ_TIMEOUT_MS = 2_000

/** Gas that a studio and a game may use in a day, unless they have a limit of their own. */
export type SponsorDefaults = { studio: bigint; game: bigint }

type Row = {
  scope: 'studio' | 'game'
  reserved: number
  spent: number
  fullest: number
}

const sumOf = (scope: string, table: string, limit: string) => `
  SELECT '${scope}' AS scope, COALESCE(sum(b.reserved), 0)::float8 AS reserved, COALESCE(sum(b.spent), 0)::float8 AS spent,
    COALESCE(max((b.reserved + b.spent)::float8 / COALESCE(b.limit, ${limit}::bigint)), 0)::float8 AS fullest
  FROM "${table}" o JOIN LATERAL (
    SELECT reserved, "limit", CASE WHEN day >= ${dayOf('now()')} THEN spent ELSE 0 END AS spent
    FROM "GasBudget" WHERE id = '${scope}:' || o.id) b ON true`

const statement = `${sumOf('studio', 'Studio', '$1')} UNION ALL ${sumOf('game', 'Game', '$2')}`

/**
 * Gas that studios and games have reserved and spent today, in Prometheus' text format; empty when it cannot be read.
 * Sessions and players are too many to add up each time; `playkey_refusals_total` tells of those that are used up.
 */
export async function renderSponsorMetrics(
  { pool }: Database,
  { studio, game }: SponsorDefaults,
): Promise<string> {
  const values = [studio.toString(), game.toString()]
  const query = { name: 'sponsor-metrics', text: statement, values }
  const answer = await inTime(pool.query<Row>(query), READ_TIMEOUT_MS)
  if (!answer) return ''
  const registers = [new Registry()]
  const gas = new Gauge({
    name: 'playkey_sponsor_gas',
    help: 'Gas reserved now and spent today (UTC), of all budgets of a scope.',
    labelNames: ['scope', 'kind'],
    registers,
  })
  const ratio = new Gauge({
    name: 'playkey_sponsor_use_ratio',
    help: 'Part of its limit that the fullest budget of a scope has used today (UTC); 1 refuses.',
    labelNames: ['scope'],
    registers,
  })
  for (const { scope, reserved, spent, fullest } of answer.rows) {
    gas.set({ scope, kind: 'reserved' }, reserved)
    gas.set({ scope, kind: 'spent' }, spent)
    ratio.set({ scope }, fullest)
  }
  return registers[0]?.metrics() ?? ''
}

import type { PoolClient } from 'pg'
import type { Hex } from 'viem'
import type { TermsJson } from '@/lib/permission/terms'
import type { PolicyDocument } from '@/lib/policy/policy'
import { readTable, tableColumnsOf } from '../session/table-columns'
import type { MirrorEvent } from './parse-logs'

type PolicyRow = {
  id: Hex
  table: Hex
  tableHash: Hex
  document: PolicyDocument
}

/**
 * Records a session that was granted without this relay. Its terms are known only when they are exactly those of a
 * policy we know; else they stay empty and the relay cannot carry it.
 */
export async function recordGranted(
  client: PoolClient,
  event: Extract<MirrorEvent, { name: 'SessionGranted' }>,
): Promise<void> {
  const { granted, subject, txHash } = event
  await client.query(
    `INSERT INTO "Account" (address, owner) VALUES ($1, '') ON CONFLICT DO NOTHING`,
    [granted.account],
  )
  const { rows } = await client.query<PolicyRow>(
    'SELECT id, "table", "tableHash", document FROM "Policy" WHERE id = $1',
    [granted.policyId],
  )
  const policy = rows[0]
  const { table, terms, callCells, meterIndexes } = columnsOf(
    policy?.tableHash === granted.tableHash ? policy : null,
  )
  await client.query(
    `INSERT INTO "Session" (id, "accountAddress", "policyId", "keyScheme", "publicKey", epoch, "tableHash", "table",
       terms, "callCells", "meterIndexes", "validAfter", "validUntil", status, "activatedAt", "activatedTxHash")
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'active', now(), $14)
     ON CONFLICT DO NOTHING`,
    [
      ...[subject, granted.account, policy?.id ?? null],
      ...[granted.key.scheme, granted.key.publicKey, granted.epoch],
      ...[granted.tableHash, table, JSON.stringify(terms)],
      ...[callCells, meterIndexes],
      ...[granted.validAfter, granted.validUntil, txHash],
    ],
  )
}

function columnsOf(policy: PolicyRow | null) {
  if (!policy) {
    const terms: TermsJson = { permissions: [], spendLimits: [] }
    return { table: '0x', terms, callCells: [], meterIndexes: [] }
  }
  const { actions, spendLimits } = policy.document
  const permissions = actions.map(({ permission }) => permission)
  const terms: TermsJson = { permissions, spendLimits }
  const { table } = policy
  return { table, terms, ...tableColumnsOf(readTable(table)) }
}

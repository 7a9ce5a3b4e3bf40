import type { PoolClient } from 'pg'
import { schemeOf } from '@/lib/session/session-id'
import type { MirrorEvent } from './parse-logs'

/**
 * Records a session that was granted without this relay. Its permissions are known only when they are exactly
 * those of a policy we know; else they stay empty and the relay cannot carry it.
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
  await client.query(
    `INSERT INTO "Session" (id, "accountAddress", "policyId", "keyScheme", "publicKey", epoch, "tableHash", "table",
       permissions, "validAfter", "validUntil", status, "activatedAt", "activatedTxHash")
     SELECT $1, $2, p.id, $4, $5, $6, $7, CASE WHEN p."tableHash" = $7 THEN p."table" ELSE '0x' END,
       CASE WHEN p."tableHash" = $7 THEN (
         SELECT jsonb_agg(action->'permission' ORDER BY at)
         FROM jsonb_array_elements(p.document->'actions') WITH ORDINALITY AS a(action, at))
       ELSE '[]'::jsonb END,
       $8, $9, 'active', now(), $10
     FROM (SELECT 1) AS one LEFT JOIN "Policy" p ON p.id = $3
     ON CONFLICT DO NOTHING`,
    [
      subject,
      granted.account,
      granted.policyId,
      schemeOf(granted.key.scheme) ?? 'p256',
      granted.key.publicKey,
      granted.epoch,
      granted.tableHash,
      granted.validAfter,
      granted.validUntil,
      txHash,
    ],
  )
}

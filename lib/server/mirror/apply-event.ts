import type { PoolClient } from 'pg'
import type { Hex } from 'viem'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { codeOfContractError } from '@/lib/session/contract-error'
import { notifyEvents } from '../relay/notify-events'
import type { RelayContext } from '../relay/relay-context'
import { describeRevoker } from '../session/describe-revoker'
import { cancelQueued } from './cancel-queued'
import type { MirrorEvent } from './parse-logs'
import { recordGranted } from './record-granted'
import { runTransaction } from './run-transaction'

/** Pausing without an end is stored as the largest 40-bit number. */
export const PAUSED_FOR_EVER = 2 ** 40 - 1

type Event<Name extends MirrorEvent['name']> = Extract<
  MirrorEvent,
  { name: Name }
>

/** Applies one event that is not about an intent, in one transaction. Applied before, it changes nothing. */
export function applyEvent(
  { database }: RelayContext,
  event: MirrorEvent,
): Promise<void> {
  return runTransaction(database, async (client) => {
    if (await isFresh(client, event))
      await notifyEvents(client, await applyFresh(client, event))
  })
}

async function isFresh(
  client: PoolClient,
  event: MirrorEvent,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO "ChainEvent" ("blockNumber", "blockHash", "logIndex", "txHash", name, subject, args)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [
      event.blockNumber.toString(),
      event.blockHash,
      event.logIndex,
      event.txHash,
      event.name,
      event.subject,
      JSON.stringify(event.args),
    ],
  )
  return rowCount === 1
}

async function applyFresh(
  client: PoolClient,
  event: MirrorEvent,
): Promise<RelayEvent[]> {
  switch (event.name) {
    case 'SessionGranted':
      return applyGranted(client, event)
    case 'GrantRejected':
      return applyGrantRejected(client, event)
    case 'SessionRevoked':
      return applyRevoked(client, event)
    case 'EpochBumped':
      return applyEpoch(client, event)
    case 'PolicyPublished':
      await client.query(
        `UPDATE "Policy" SET status = 'published', "publishedTxHash" = $2 WHERE id = $1`,
        [event.subject, event.txHash],
      )
      return []
    case 'PolicyPaused':
      return applyPause(client, event.subject, PAUSED_FOR_EVER)
    case 'PolicyUnpaused':
      return applyPause(client, event.subject, event.pausedUntil)
    default:
      return []
  }
}

async function applyGranted(
  client: PoolClient,
  event: Event<'SessionGranted'>,
): Promise<RelayEvent[]> {
  const { granted, subject, txHash } = event
  const { rowCount } = await client.query(
    `UPDATE "Session" SET status = 'active', "validAfter" = $2, "validUntil" = $3,
       "activatedAt" = COALESCE("activatedAt", now()), "activatedTxHash" = COALESCE("activatedTxHash", $4)
     WHERE id = $1 AND status <> 'revoked'`,
    [subject, granted.validAfter, granted.validUntil, txHash],
  )
  if (rowCount === 0) await recordGranted(client, event)
  await client.query(
    `UPDATE "Account" SET "deployedAt" = COALESCE("deployedAt", now()) WHERE address = $1`,
    [granted.account],
  )
  const { validUntil } = granted
  return [{ type: 'session', sessionId: subject, status: 'active', validUntil }]
}

/** Marks the grant that our own transaction carried; anyone can make this event happen for any session. */
async function applyGrantRejected(
  client: PoolClient,
  event: Event<'GrantRejected'>,
): Promise<RelayEvent[]> {
  const code = codeOfContractError(event.reason) ?? 'session_not_active'
  const { rows } = await client.query<{ isPending: boolean; until: string }>(
    `UPDATE "SessionGrant" g SET error = $3
     FROM "Session" s, "RelayAttempt" a JOIN "RelayTransaction" t ON t.id = a."transactionId"
     WHERE s.id = $1 AND a.hash = $2 AND g."sessionId" = s.id AND g.error IS NULL AND g."createdAt" <= t."createdAt"
       AND (s.status = 'pending' OR (s.status = 'active' AND g."validUntil" > s."validUntil"))
     RETURNING s.status = 'pending' AS "isPending", s."validUntil" AS until`,
    [event.subject, event.txHash, code],
  )
  return rows.map(({ isPending, until }) => ({
    type: 'session',
    sessionId: event.subject,
    status: isPending ? 'failed' : 'active',
    reason: code,
    validUntil: Number(until),
  }))
}

async function applyRevoked(
  client: PoolClient,
  event: Event<'SessionRevoked'>,
): Promise<RelayEvent[]> {
  return endSessions(client, event.txHash, event.revoked.by, 'id = $3', [
    event.subject,
  ])
}

async function applyEpoch(
  client: PoolClient,
  event: Event<'EpochBumped'>,
): Promise<RelayEvent[]> {
  return endSessions(
    client,
    event.txHash,
    event.subject,
    '"accountAddress" = $3 AND epoch < $4',
    [event.subject, event.epoch],
  )
}

async function endSessions(
  client: PoolClient,
  txHash: Hex,
  by: string,
  condition: string,
  values: unknown[],
): Promise<RelayEvent[]> {
  const { rows } = await client.query<{
    id: Hex
    accountAddress: string
    revokedReason: string | null
    policyOwner: string | null
    revokers: string[] | null
  }>(
    `UPDATE "Session" s SET status = 'revoked', "revokedAt" = now(), "revokedTxHash" = $1, "revokedBy" = $2,
       "admitVersion" = "admitVersion" + 1
     WHERE id IN (SELECT id FROM "Session" WHERE status <> 'revoked' AND ${condition} ORDER BY id FOR NO KEY UPDATE)
     RETURNING id, "accountAddress", "revokedReason",
       (SELECT "ownerAddress" FROM "Policy" WHERE id = s."policyId") AS "policyOwner",
       (SELECT revokers FROM "Policy" WHERE id = s."policyId") AS revokers`,
    [txHash, by, ...values],
  )
  const cancelled = await cancelQueued(
    client,
    rows.map(({ id }) => id),
  )
  const ended = rows.map((row) => ({
    type: 'session' as const,
    sessionId: row.id,
    status: 'revoked' as const,
    reason: row.revokedReason,
    revokedBy: describeRevoker({
      accountAddress: row.accountAddress,
      revokedBy: by,
      revokeRequestedBy: null,
      policy: row.policyOwner
        ? { ownerAddress: row.policyOwner, revokers: row.revokers ?? [] }
        : null,
    }),
  }))
  return [...ended, ...cancelled]
}

async function applyPause(
  client: PoolClient,
  policyId: Hex,
  pausedUntil: number,
): Promise<RelayEvent[]> {
  const { rowCount } = await client.query(
    'UPDATE "Policy" SET "pausedUntil" = $2 WHERE id = $1',
    [policyId, pausedUntil],
  )
  return rowCount === 1 ? [{ type: 'policy', policyId, pausedUntil }] : []
}

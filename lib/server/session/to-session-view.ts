import type { Address, Hex } from 'viem'
import { functionName } from '@/lib/permission/function-signature'
import type { PermissionJson } from '@/lib/permission/permission'
import type { PolicyDocument } from '@/lib/policy/policy'
import { deriveState } from '@/lib/session/derive-state'
import type { KeyScheme } from '@/lib/session/session'
import type { PermissionView, SessionView } from '@/lib/session/session-view'
import type { Prisma } from '../db/database'
import { describeRevoker } from './describe-revoker'

/** A session with all that its view shows, but the counts of intents. */
export const sessionInclude = {
  account: true,
  policy: { include: { game: { select: { slug: true, name: true } } } },
  usage: true,
  play: true,
} satisfies Prisma.SessionInclude

export type SessionRecord = Prisma.SessionGetPayload<{
  include: typeof sessionInclude
}>

/** A stored session as pages see it, its state derived at `nowSeconds`. */
export function toSessionView(
  row: SessionRecord,
  intents: SessionView['intents'],
  nowSeconds: number,
): SessionView {
  return {
    ...identityOf(row),
    ...standingOf(row, nowSeconds),
    permissions: permissionsOf(row),
    intents,
    play: playOf(row),
  }
}

function identityOf(row: SessionRecord) {
  return {
    id: row.id as Hex,
    account: row.accountAddress as Address,
    ownerAddress: row.account.ownerAddress as Address | null,
    game: row.policy?.game ?? null,
    policyId: row.policyId as Hex | null,
    policyVersion: row.policy?.version ?? null,
    key: {
      scheme: row.keyScheme as KeyScheme,
      publicKey: row.publicKey as Hex,
    },
    epoch: row.epoch,
    tableHash: row.tableHash as Hex,
  }
}

function standingOf(row: SessionRecord, nowSeconds: number) {
  const validAfter = Number(row.validAfter)
  const validUntil = Number(row.validUntil)
  const facts = {
    status: row.status,
    validAfter,
    validUntil,
    pausedUntil: Number(row.policy?.pausedUntil ?? 0n),
    revokeRequested: row.revokeRequestedAt !== null,
  }
  return {
    status: row.status,
    state: deriveState(facts, nowSeconds),
    validAfter,
    validUntil,
    nextSequence: Number(row.nextSequence),
    grantError: row.grantError,
    revokedReason: row.revokedReason,
    revokedBy: describeRevoker(row),
    revokedTxHash: row.revokedTxHash as Hex | null,
    activatedTxHash: row.activatedTxHash as Hex | null,
    createdAt: row.createdAt.toISOString(),
    lastActivityAt: row.lastActivityAt?.toISOString() ?? null,
  }
}

function permissionsOf(row: SessionRecord): PermissionView[] {
  const permissions = row.permissions as PermissionJson[]
  const document = row.policy?.document as PolicyDocument | undefined
  return permissions.map((permission, index) => {
    const action = document?.actions.find(
      (entry) =>
        entry.permission.to === permission.to &&
        entry.permission.signature === permission.signature,
    )
    const usage = row.usage.find(({ entry }) => entry === index)
    return {
      name: action?.name ?? functionName(permission.signature),
      description: action?.description ?? '',
      permission,
      calls: usage?.calls ?? 0,
      valueWei: usage?.valueWei.toFixed() ?? '0',
      gasLimit: action?.gasLimit ?? 500_000,
    }
  })
}

function playOf({ play }: SessionRecord): SessionView['play'] {
  if (!play) return null
  const { latencyCount, latencySumMs } = play
  return {
    playSeconds: play.playSeconds,
    latencyAverageMs:
      latencyCount === 0
        ? null
        : Math.round(Number(latencySumMs) / latencyCount),
    latencyMaxMs: latencyCount === 0 ? null : play.latencyMaxMs,
    refusals: play.refusals as Record<string, number>,
    lastSeenAt: play.lastSeenAt.toISOString(),
  }
}

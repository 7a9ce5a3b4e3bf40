import type { Address, Hex } from 'viem'
import type { Table } from '@/lib/permission/compile-terms'
import { functionName } from '@/lib/permission/function-signature'
import type { TermsJson } from '@/lib/permission/terms'
import type { PolicyDocument } from '@/lib/policy/policy'
import { deriveState } from '@/lib/session/derive-state'
import { MAX_SESSION_SECONDS } from '@/lib/session/limits'
import type { KeyScheme } from '@/lib/session/session'
import {
  permissionUsageOf,
  spendUsageOf,
  toUsageJson,
} from '@/lib/session/session-usage'
import type { SessionView } from '@/lib/session/session-view'
import type { Prisma } from '../db/database'
import { describeRevoker } from './describe-revoker'
import { toUsage } from './stored-usage'
import { readTable } from './table-columns'
import { grantErrorOf, renewalOf, waitingGrants } from './waiting-grants'

/** A session with all that its view shows, but the counts of intents. */
export const sessionInclude = {
  account: true,
  policy: { include: { game: { select: { slug: true, name: true } } } },
  meters: true,
  ...waitingGrants,
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
    ...usageOf(row, nowSeconds),
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
    maxDurationSeconds: row.policy?.maxDurationSeconds ?? MAX_SESSION_SECONDS,
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
    renewal: renewalOf(row, nowSeconds),
    grantError: grantErrorOf(row),
    revokedReason: row.revokedReason,
    revokedBy: describeRevoker(row),
    revokedTxHash: row.revokedTxHash as Hex | null,
    activatedTxHash: row.activatedTxHash as Hex | null,
    createdAt: row.createdAt.toISOString(),
    lastActivityAt: row.lastActivityAt?.toISOString() ?? null,
  }
}

function usageOf(
  row: SessionRecord,
  nowSeconds: number,
): Pick<SessionView, 'permissions' | 'spends' | 'usage'> {
  const { permissions, spendLimits } = row.terms as TermsJson
  const table: Table =
    permissions.length > 0
      ? readTable(row.table as Hex)
      : { entries: [], spends: [] }
  const meters = row.meters.map(({ index, total, window, inWindow }) => ({
    ...{ index, total: total.toFixed(), window: Number(window) },
    inWindow: inWindow.toFixed(),
  }))
  const usage = toUsage(row.cells, meters)
  const clock = { nowSeconds, validAfter: Number(row.validAfter) }
  const spent = spendUsageOf(table, usage, clock)
  const document = row.policy?.document as PolicyDocument | undefined
  return {
    usage: toUsageJson(usage),
    permissions: permissionUsageOf(table, usage, clock).flatMap(
      (used, index) => {
        const permission = permissions[index]
        if (!permission) return []
        const action = document?.actions.find(
          (entry) =>
            entry.permission.to === permission.to &&
            entry.permission.signature === permission.signature,
        )
        return {
          name: action?.name ?? functionName(permission.signature),
          description: action?.description ?? '',
          gasLimit: action?.gasLimit ?? 500_000,
          ...{ permission, ...used },
        }
      },
    ),
    spends: spendLimits.flatMap((limit, index) => {
      const used = spent[index]
      return used ? { ...used, limit } : []
    }),
  }
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

import type { Hex } from 'viem'
import { stageOf } from '@/lib/intent/intent-stage'
import { functionName } from '@/lib/permission/function-signature'
import type { PermissionJson } from '@/lib/permission/permission'
import type { TermsJson } from '@/lib/permission/terms'
import type { PolicyDocument } from '@/lib/policy/policy'
import type { IntentView } from '@/lib/session/session-view'
import { readFinalNumber } from '../chain/read-final'
import { getDatabase, type Prisma } from '../db/database'

/** Newest intents of a session. @param limit At most 200. */
export function listIntents(sessionId: Hex, limit = 50): Promise<IntentView[]> {
  return findIntentViews({ sessionId }, limit)
}

/** Newest intents that match. */
export async function findIntentViews(
  where: Prisma.IntentWhereInput,
  limit: number,
): Promise<IntentView[]> {
  const database = getDatabase()
  const finalNumber = await readFinalNumber(database)
  const rows = await database.prisma.intent.findMany({
    where,
    orderBy: { queuedAt: 'desc' },
    take: Math.min(limit, 200),
    include: {
      session: {
        select: {
          terms: true,
          policy: { select: { document: true } },
        },
      },
    },
  })
  return rows.map((row) => ({
    id: row.id as Hex,
    sessionId: row.sessionId as Hex,
    actions: namesOf(
      row.entries,
      (row.session.terms as TermsJson).permissions,
      row.session.policy?.document as PolicyDocument | undefined,
    ),
    status: row.status,
    stage: stageOf({ ...row, finalNumber }),
    reason: row.reason,
    txHash: row.txHash as Hex | null,
    queuedAt: row.queuedAt.toISOString(),
    settledAt: row.settledAt?.toISOString() ?? null,
  }))
}

function namesOf(
  entries: number[],
  permissions: PermissionJson[],
  document: PolicyDocument | undefined,
): string[] {
  return entries.map((entry) => {
    const permission = permissions[entry]
    if (!permission) return 'unknown'
    const action = document?.actions.find(
      (candidate) =>
        candidate.permission.to === permission.to &&
        candidate.permission.signature === permission.signature,
    )
    return action?.name ?? functionName(permission.signature)
  })
}

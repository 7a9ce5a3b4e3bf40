import { type Address, getAddress } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import { getServerEnv } from '@/lib/config/env'
import { PlaykeyError } from '@/lib/errors/base-error'
import { toTermsJson } from '@/lib/permission/terms-json'
import { buildPolicy } from '@/lib/policy/build-policy'
import { termsOf } from '@/lib/policy/policy-document'
import type { PublishView } from '@/lib/policy/studio-view'
import { recordAudit } from '../admin/record-audit'
import { readChainSeconds } from '../chain/clock'
import { getDatabase } from '../db/database'
import { enqueueTask } from '../relay/task/enqueue-task'
import { buildDraftView } from './build-draft-view'
import { gameInclude, toDraftDocument } from './game-record'
import { requireGame } from './require-membership'

/**
 * Freezes the draft as the next version and asks the worker to publish it on chain. Sessions of older versions play on.
 * @throws PlaykeyError `conflict` when the draft changed since `draftRevision`, `policy_blocked` by lint, `policy_publishing`, `policy_already_published` when nothing changed
 */
export async function publishPolicy(
  actor: Actor,
  gameSlug: string,
  draftRevision: number,
): Promise<PublishView> {
  const database = getDatabase()
  const env = getServerEnv()
  const { id } = await requireGame(actor, gameSlug)
  const game = await database.prisma.game.findUniqueOrThrow({
    where: { id },
    include: gameInclude,
  })
  if (game.draftRevision !== draftRevision) throw new PlaykeyError('conflict')
  const draft = await buildDraftView(game, await readChainSeconds(database))
  assertPublishable(draft, game.policies[0]?.status)
  const document = toDraftDocument(game, env.CHAIN_ID)
  const policy = buildPolicy(document, game.studio.ownerAddress as Address, [
    getAddress(env.REVOKER_ADDRESS),
  ])
  await database.prisma.$transaction(async (transaction) => {
    // Raised so that of two who publish at once, the second sees a conflict.
    const { count } = await transaction.game.updateMany({
      where: { id, draftRevision },
      data: { draftRevision: { increment: 1 } },
    })
    if (count === 0) throw new PlaykeyError('conflict')
    await transaction.policy.create({
      data: {
        id: policy.id,
        gameId: id,
        version: document.version,
        status: 'publishing',
        document,
        documentHash: policy.documentHash,
        termsHash: policy.termsHash,
        table: policy.table,
        tableHash: policy.tableHash,
        ownerAddress: policy.owner,
        revokers: policy.revokers,
        maxDurationSeconds: document.maxDurationSeconds,
      },
    })
    const taskId = await enqueueTask(transaction, 'publish', policy.id, {
      owner: policy.owner,
      revokers: policy.revokers,
      maxDurationSeconds: document.maxDurationSeconds,
      documentHash: policy.documentHash,
      terms: toTermsJson(termsOf(document)),
    })
    await recordAudit(transaction, actor, {
      action: 'policy.publish',
      subject: policy.id,
      taskId,
    })
  })
  return {
    policyId: policy.id,
    version: document.version,
    status: 'publishing',
  }
}

function assertPublishable(
  draft: Awaited<ReturnType<typeof buildDraftView>>,
  newestStatus: string | undefined,
): void {
  if (newestStatus === 'publishing') throw new PlaykeyError('policy_publishing')
  if (draft.draft.length === 0) throw new PlaykeyError('permission_count')
  const blocking = draft.lint.filter(({ level }) => level === 'block')
  if (blocking.length > 0)
    throw new PlaykeyError('policy_blocked', {
      details: {
        findings: blocking.map(({ field, message }) => `${field} ${message}`),
      },
    })
  if (!draft.canPublish) throw new PlaykeyError('policy_already_published')
}

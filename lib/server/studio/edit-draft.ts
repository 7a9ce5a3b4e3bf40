import type { Actor } from '@/lib/auth/roles'
import { PlaykeyError } from '@/lib/errors/base-error'
import { MAX_PERMISSIONS } from '@/lib/permission/limits'
import type { SpendLimitJson } from '@/lib/permission/terms'
import type { GameActionJson } from '@/lib/policy/policy'
import type { DraftView } from '@/lib/policy/studio-view'
import { readChainSeconds } from '../chain/clock'
import type { Prisma } from '../db/database'
import { getDatabase } from '../db/database'
import { buildDraftView } from './build-draft-view'
import { gameInclude } from './game-record'
import { requireGame } from './require-membership'

type Edit = (
  transaction: Prisma.TransactionClient,
  gameId: string,
) => Promise<unknown>

/** Adds an action to the draft, or replaces the row that `id` names. @throws PlaykeyError `conflict` when the draft changed since `draftRevision` or the function is listed already, `permission_count` beyond 8, `not_found` */
export function saveGameAction(
  actor: Actor,
  gameSlug: string,
  action: GameActionJson & { id?: string | undefined },
  draftRevision: number,
): Promise<DraftView> {
  const { id, ...rest } = action
  return editDraft(actor, gameSlug, draftRevision, (transaction, gameId) =>
    id
      ? replaceAction(transaction, gameId, id, rest)
      : addAction(transaction, gameId, rest),
  )
}

/** Takes an action out of the draft. Published versions keep it. @throws PlaykeyError `conflict`, `not_found` */
export function removeGameAction(
  actor: Actor,
  gameSlug: string,
  actionId: string,
  draftRevision: number,
): Promise<DraftView> {
  return editDraft(
    actor,
    gameSlug,
    draftRevision,
    async (transaction, gameId) => {
      const { count } = await transaction.gameAction.deleteMany({
        where: { id: actionId, gameId },
      })
      if (count === 0) throw new PlaykeyError('not_found')
    },
  )
}

/** Sets the longest session of the next version, in seconds. @throws PlaykeyError `conflict`, `not_found` */
export function setMaxDuration(
  actor: Actor,
  gameSlug: string,
  maxDurationSeconds: number,
  draftRevision: number,
): Promise<DraftView> {
  return editDraft(actor, gameSlug, draftRevision, (transaction, gameId) =>
    transaction.game.update({
      where: { id: gameId },
      data: { maxDurationSeconds },
    }),
  )
}

/** Replaces the spend limits of the next version. @throws PlaykeyError `conflict`, `not_found` */
export function setSpendLimits(
  actor: Actor,
  gameSlug: string,
  spendLimits: SpendLimitJson[],
  draftRevision: number,
): Promise<DraftView> {
  return editDraft(actor, gameSlug, draftRevision, (transaction, gameId) =>
    transaction.game.update({ where: { id: gameId }, data: { spendLimits } }),
  )
}

async function editDraft(
  actor: Actor,
  gameSlug: string,
  draftRevision: number,
  edit: Edit,
): Promise<DraftView> {
  const database = getDatabase()
  const { id } = await requireGame(actor, gameSlug)
  await database.prisma.$transaction(async (transaction) => {
    const { count } = await transaction.game.updateMany({
      where: { id, draftRevision },
      data: { draftRevision: { increment: 1 } },
    })
    if (count === 0) throw new PlaykeyError('conflict')
    await edit(transaction, id)
  })
  const game = await database.prisma.game.findUniqueOrThrow({
    where: { id },
    include: gameInclude,
  })
  return buildDraftView(game, await readChainSeconds(database))
}

async function addAction(
  transaction: Prisma.TransactionClient,
  gameId: string,
  action: GameActionJson,
): Promise<void> {
  const rows = await transaction.gameAction.findMany({
    where: { gameId },
    select: { position: true },
  })
  if (rows.length >= MAX_PERMISSIONS) throw new PlaykeyError('permission_count')
  await refuseDuplicate(transaction, gameId, action)
  const position = Math.max(-1, ...rows.map((row) => row.position)) + 1
  await transaction.gameAction.create({
    data: { gameId, position, ...toColumns(action) },
  })
}

async function replaceAction(
  transaction: Prisma.TransactionClient,
  gameId: string,
  id: string,
  action: GameActionJson,
): Promise<void> {
  await refuseDuplicate(transaction, gameId, action, id)
  const { count } = await transaction.gameAction.updateMany({
    where: { id, gameId },
    data: toColumns(action),
  })
  if (count === 0) throw new PlaykeyError('not_found')
}

async function refuseDuplicate(
  transaction: Prisma.TransactionClient,
  gameId: string,
  { permission }: GameActionJson,
  exceptId?: string,
): Promise<void> {
  const twin = await transaction.gameAction.findFirst({
    where: {
      gameId,
      contract: permission.to,
      signature: permission.signature,
      ...(exceptId ? { id: { not: exceptId } } : {}),
    },
  })
  if (twin) throw new PlaykeyError('duplicate_permission')
}

function toColumns({
  name,
  description,
  gasLimit,
  permission,
}: GameActionJson) {
  return {
    name,
    description,
    gasLimit,
    contract: permission.to,
    signature: permission.signature,
    maxCalls: permission.maxCalls,
    maxValuePerCall: permission.maxValuePerCall,
    maxValue: permission.maxValue,
    period: permission.period,
    maxCallsPerPeriod: permission.maxCallsPerPeriod,
    maxValuePerPeriod: permission.maxValuePerPeriod,
    rules: permission.rules,
  }
}

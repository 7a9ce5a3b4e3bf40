import type { Address, Hex } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import { diffPolicies } from '@/lib/policy/diff-policies'
import type { PolicyDocument } from '@/lib/policy/policy'
import type {
  GameView,
  PolicyVersionView,
  StudioView,
} from '@/lib/policy/studio-view'
import { readChainSeconds } from '../chain/clock'
import { getDatabase } from '../db/database'
import { readGasUse } from '../sponsor/read-gas-use'
import { buildDraftView } from './build-draft-view'
import { describeChange } from './describe-change'
import { type GameRecord, gameInclude, type PolicyRecord } from './game-record'
import { countSessions, listPlayersByVersion } from './list-players-by-version'
import { requireMembership } from './require-membership'

/** Pausing without an end is stored as the largest 40-bit number. */
const FOR_EVER = 2n ** 40n - 1n

type Tasks = Map<string, { kind: string; error: string | null }>

/** A studio with its games, drafts, versions and players. @throws PlaykeyError `not_found` unless the actor is a member */
export async function getStudioView(
  actor: Actor,
  studioSlug: string,
): Promise<StudioView> {
  const { id } = requireMembership(actor, studioSlug)
  const database = getDatabase()
  const nowSeconds = await readChainSeconds(database)
  const studio = await database.prisma.studio.findUniqueOrThrow({
    where: { id },
    include: { games: { include: gameInclude, orderBy: { name: 'asc' } } },
  })
  return {
    slug: studio.slug,
    name: studio.name,
    ownerAddress: studio.ownerAddress as Address,
    games: await Promise.all(
      studio.games.map((game) => toGameView(game, nowSeconds)),
    ),
  }
}

async function toGameView(
  game: GameRecord,
  nowSeconds: number,
): Promise<GameView> {
  const ids = game.policies.map((policy) => policy.id)
  const database = getDatabase()
  const [draft, gasOfGame, gasOfStudio, counts, players, tasks] =
    await Promise.all([
      buildDraftView(game, nowSeconds),
      readGasUse(database, 'game', game.id),
      readGasUse(database, 'studio', game.studioId),
      countSessions(ids, nowSeconds),
      listPlayersByVersion(ids, nowSeconds),
      findTasks(ids),
    ])
  return {
    slug: game.slug,
    name: game.name,
    tagline: game.tagline,
    contract: game.contract as Address,
    ...draft,
    gas: { game: gasOfGame, studio: gasOfStudio },
    versions: game.policies.map((policy, index) => ({
      ...toVersionView(policy, game.policies[index + 1], tasks),
      ...(counts.get(policy.id) ?? { activeSessions: 0, totalSessions: 0 }),
    })),
    players,
  }
}

function toVersionView(
  policy: PolicyRecord,
  previous: PolicyRecord | undefined,
  tasks: Tasks,
): Omit<PolicyVersionView, 'activeSessions' | 'totalSessions'> {
  const document = policy.document as PolicyDocument
  const task = tasks.get(policy.id)
  const changes = previous
    ? diffPolicies(previous.document as PolicyDocument, document)
    : []
  return {
    id: policy.id as Hex,
    version: policy.version,
    status: policy.status,
    error: policy.status === 'failed' ? (task?.error ?? 'failed') : null,
    actions: document.actions,
    spendLimits: document.spendLimits,
    maxDurationSeconds: policy.maxDurationSeconds,
    documentHash: policy.documentHash as Hex,
    owner: policy.ownerAddress as Address,
    revokers: policy.revokers as Address[],
    pausedUntil: Number(policy.pausedUntil),
    pausedIndefinitely: policy.pausedUntil >= FOR_EVER,
    pauseTask:
      task?.error === null && (task.kind === 'pause' || task.kind === 'unpause')
        ? task.kind
        : null,
    publishedTxHash: policy.publishedTxHash as Hex | null,
    createdAt: policy.createdAt.toISOString(),
    changes: changes.map(describeChange),
  }
}

/** Newest unfinished or failed work of each policy. */
async function findTasks(policyIds: string[]): Promise<Tasks> {
  const rows = await getDatabase().prisma.relayTask.findMany({
    where: { subject: { in: policyIds }, status: { not: 'done' } },
    select: { subject: true, kind: true, error: true },
    orderBy: { createdAt: 'asc' },
  })
  return new Map(rows.map(({ subject, ...task }) => [subject, task]))
}

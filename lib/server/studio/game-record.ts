import type { Address, Hex } from 'viem'
import type { SpendLimitJson } from '@/lib/permission/terms'
import type {
  GameActionJson,
  Policy,
  PolicyDocument,
} from '@/lib/policy/policy'
import type { DraftActionView } from '@/lib/policy/studio-view'
import type { Prisma } from '../db/database'

/** A game with all that its studio's page shows. */
export const gameInclude = {
  studio: true,
  actions: { orderBy: { position: 'asc' } },
  policies: { orderBy: { version: 'desc' } },
} satisfies Prisma.GameInclude

export type GameRecord = Prisma.GameGetPayload<{ include: typeof gameInclude }>
export type PolicyRecord = GameRecord['policies'][number]

/** Draft row as pages and documents know it. */
export function toDraftAction(
  row: GameRecord['actions'][number],
): DraftActionView {
  return {
    id: row.id,
    position: row.position,
    name: row.name,
    description: row.description,
    gasLimit: row.gasLimit,
    permission: {
      to: row.contract as Address,
      signature: row.signature,
      maxCalls: row.maxCalls,
      maxValuePerCall: row.maxValuePerCall.toFixed(),
      maxValue: row.maxValue.toFixed(),
      period: row.period,
      maxCallsPerPeriod: row.maxCallsPerPeriod,
      maxValuePerPeriod: row.maxValuePerPeriod.toFixed(),
      rules: row.rules,
    },
  }
}

/** The draft as the document of the version that would be published next. */
export function toDraftDocument(
  game: GameRecord,
  chainId: number,
): PolicyDocument {
  return {
    game: { slug: game.slug, name: game.name },
    studio: { slug: game.studio.slug, name: game.studio.name },
    version: (game.policies[0]?.version ?? 0) + 1,
    chainId,
    actions: game.actions.map((row) => withoutPlace(toDraftAction(row))),
    spendLimits: game.spendLimits as SpendLimitJson[],
    maxDurationSeconds: game.maxDurationSeconds,
  }
}

/** A stored version as the browser gets it. */
export function toPolicy(row: PolicyRecord): Policy {
  return {
    id: row.id as Hex,
    document: row.document as PolicyDocument,
    documentHash: row.documentHash as Hex,
    termsHash: row.termsHash as Hex,
    table: row.table as Hex,
    tableHash: row.tableHash as Hex,
    owner: row.ownerAddress as Address,
    revokers: row.revokers as Address[],
    pausedUntil: Number(row.pausedUntil),
  }
}

function withoutPlace(action: DraftActionView): GameActionJson {
  const { id: _id, position: _position, ...rest } = action
  return rest
}

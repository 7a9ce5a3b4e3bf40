import { size, zeroAddress } from 'viem'
import { checkTerms } from '@/lib/permission/check-terms'
import { encodeTable } from '@/lib/permission/encode-table'
import { diffPolicies } from '@/lib/policy/diff-policies'
import type { LintFinding } from '@/lib/policy/lint-finding'
import { lintPolicy } from '@/lib/policy/lint-policy'
import type { PolicyDocument } from '@/lib/policy/policy'
import { termsOf } from '@/lib/policy/policy-document'
import type {
  ConsentPreview,
  DraftView,
  LintIssueView,
} from '@/lib/policy/studio-view'
import { describeSession } from '@/lib/session/describe-session'
import { getDeployment, getForbiddenTargets } from '../chain/deployment'
import { findTargetsWithCode } from '../chain/read-code'
import { TABLE_MAX_BYTES } from '../session/derive-grant'
import { describeChange } from './describe-change'
import { type GameRecord, toDraftAction, toDraftDocument } from './game-record'

/** The draft of a game with everything that follows from it: lint, consent, difference to the newest version. */
export async function buildDraftView(
  game: GameRecord,
  nowSeconds: number,
): Promise<DraftView> {
  const deployment = getDeployment()
  const document = toDraftDocument(game, deployment.chainId)
  const newest = game.policies.find(({ status }) => status === 'published')
  const lint = await lintDraft(game, document)
  const draftChanges = newest
    ? diffPolicies(newest.document as PolicyDocument, document).map(
        describeChange,
      )
    : []
  const isPublishing = game.policies[0]?.status === 'publishing'
  return {
    draftRevision: game.draftRevision,
    maxDurationSeconds: game.maxDurationSeconds,
    draft: game.actions.map(toDraftAction),
    spendLimits: document.spendLimits,
    lint,
    preview: preview(document, nowSeconds),
    draftChanges,
    canPublish:
      game.actions.length > 0 &&
      !isPublishing &&
      !lint.some(({ level }) => level === 'block') &&
      (!newest || draftChanges.length > 0),
  }
}

async function lintDraft(
  game: GameRecord,
  document: PolicyDocument,
): Promise<LintIssueView[]> {
  const { sessionManager, factory, accountImplementation } = getDeployment()
  const { permissions, spendLimits } = termsOf(document)
  const actions = document.actions.flatMap((action, index) => {
    const permission = permissions[index]
    return permission ? { ...action, permission } : []
  })
  const targetsWithCode = await findTargetsWithCode([
    ...permissions.map(({ to }) => to),
    ...spendLimits.map(({ token }) => token),
  ])
  const findings = [
    ...lintPolicy(
      { actions, spendLimits },
      {
        ...{ sessionManager, factory, accountImplementation, targetsWithCode },
        forbiddenTargets: getForbiddenTargets(),
        maxDurationSeconds: document.maxDurationSeconds,
      },
    ),
    ...lintSize(document),
  ]
  return findings.map((finding) => {
    const index = /^actions\.(\d+)\./.exec(finding.field)?.[1]
    const row = index === undefined ? undefined : game.actions[Number(index)]
    return { ...finding, actionId: row?.id ?? null }
  })
}

/** The table travels in every bundle, so that the relay takes none that is too long. */
function lintSize(document: PolicyDocument): LintFinding[] {
  const terms = termsOf(document)
  if (checkTerms(terms).length > 0) return []
  const bytes = size(encodeTable(terms))
  if (bytes <= TABLE_MAX_BYTES) return []
  const message = `have rules of ${bytes} bytes, of which ${TABLE_MAX_BYTES} can be carried: name fewer values`
  return [{ level: 'block', field: 'actions', message }]
}

/** Null while the terms are none that could be granted. */
function preview(
  document: PolicyDocument,
  nowSeconds: number,
): ConsentPreview | null {
  const terms = termsOf(document)
  if (checkTerms(terms).length > 0) return null
  return describeSession(
    {
      account: zeroAddress,
      policyId: '0x',
      key: { scheme: 'p256', publicKey: '0x' },
      validAfter: nowSeconds,
      validUntil: nowSeconds + document.maxDurationSeconds,
      epoch: 0,
      grantDeadline: nowSeconds,
      terms,
    },
    document.actions,
    { nowSeconds, timeZone: 'UTC' },
  )
}

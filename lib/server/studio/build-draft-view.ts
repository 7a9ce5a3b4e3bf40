import { zeroAddress } from 'viem'
import { fromPermissionJson } from '@/lib/permission/permission-json'
import { diffPolicies } from '@/lib/policy/diff-policies'
import { lintPolicy } from '@/lib/policy/lint-policy'
import type { PolicyDocument } from '@/lib/policy/policy'
import { permissionsOf } from '@/lib/policy/policy-document'
import type {
  ConsentPreview,
  DraftView,
  LintIssueView,
} from '@/lib/policy/studio-view'
import { describeSession } from '@/lib/session/describe-session'
import { getDeployment } from '../chain/deployment'
import { findTargetsWithCode } from '../chain/read-code'
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
    lint,
    preview: game.actions.length > 0 ? preview(document, nowSeconds) : null,
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
  const actions = document.actions.map((action) => ({
    ...action,
    permission: fromPermissionJson(action.permission),
  }))
  const targetsWithCode = await findTargetsWithCode(
    actions.map(({ permission }) => permission.to),
  )
  const findings = lintPolicy(actions, {
    sessionManager,
    factory,
    accountImplementation,
    targetsWithCode,
    maxDurationSeconds: document.maxDurationSeconds,
  })
  return findings.map((finding) => {
    const index = /^actions\.(\d+)\./.exec(finding.field)?.[1]
    const row = index === undefined ? undefined : game.actions[Number(index)]
    return { ...finding, actionId: row?.id ?? null }
  })
}

function preview(document: PolicyDocument, nowSeconds: number): ConsentPreview {
  return describeSession(
    {
      account: zeroAddress,
      policyId: '0x',
      key: { scheme: 'p256', publicKey: '0x' },
      validAfter: nowSeconds,
      validUntil: nowSeconds + document.maxDurationSeconds,
      epoch: 0,
      grantDeadline: nowSeconds,
      permissions: permissionsOf(document),
    },
    document.actions,
    { nowSeconds, timeZone: 'UTC' },
  )
}

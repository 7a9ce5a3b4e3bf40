import type { ActionResult } from '@/lib/errors/action-result'
import type { SpendLimitJson } from '@/lib/permission/terms'
import type {
  DraftView,
  GameActionInput,
  PublishView,
  UnpauseRequestView,
} from '@/lib/policy/studio-view'

type Answer<T> = Promise<ActionResult<T>>
type Edit = { gameSlug: string; draftRevision: number }

/** What the studio's page may ask the server to do. */
export type StudioActions = {
  save: (input: Edit & { action: GameActionInput }) => Answer<DraftView>
  remove: (input: Edit & { actionId: string }) => Answer<DraftView>
  setMaxDuration: (
    input: Edit & { maxDurationSeconds: number },
  ) => Answer<DraftView>
  /** Replaces all of them. */
  setSpendLimits: (
    input: Edit & { spendLimits: SpendLimitJson[] },
  ) => Answer<DraftView>
  publish: (input: Edit) => Answer<PublishView>
  pause: (input: {
    policyId: string
    reason?: string
  }) => Answer<{ policyId: string }>
  prepareUnpause: (input: { policyId: string }) => Answer<UnpauseRequestView>
  unpause: (input: {
    policyId: string
    signature: string
  }) => Answer<{ policyId: string }>
}

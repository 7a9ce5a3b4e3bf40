'use server'

import { z } from 'zod'
import type { ActionResult } from '@/lib/errors/action-result'
import { bytesSchema, integerSchema } from '@/lib/permission/scalar-schema'
import { spendLimitListSchema } from '@/lib/permission/terms-schema'
import { gameActionInputSchema } from '@/lib/policy/game-action-input-schema'
import { maxDurationSchema, slugSchema } from '@/lib/policy/policy-schema'
import { reasonSchema } from '@/lib/policy/reason-schema'
import type {
  DraftView,
  GameActionInput,
  PublishView,
  UnpauseRequestView,
} from '@/lib/policy/studio-view'
import { runAction } from '@/lib/server/http/run-action'
import {
  removeGameAction,
  saveGameAction,
  setMaxDuration,
  setSpendLimits,
} from '@/lib/server/studio/edit-draft'
import { pausePolicy } from '@/lib/server/studio/pause-policy'
import { publishPolicy } from '@/lib/server/studio/publish-policy'
import {
  prepareUnpause,
  unpausePolicy,
} from '@/lib/server/studio/unpause-policy'
import { ownerSignatureSchema } from '@/lib/session/session-schema'

const draftSchema = z.strictObject({
  gameSlug: slugSchema,
  draftRevision: integerSchema(0, 2_147_483_647),
})
const saveSchema = draftSchema.extend({ action: gameActionInputSchema })
const removeSchema = draftSchema.extend({ actionId: z.uuid() })
const durationSchema = draftSchema.extend({
  maxDurationSeconds: maxDurationSchema,
})
const spendSchema = draftSchema.extend({ spendLimits: spendLimitListSchema })
const policySchema = z.strictObject({ policyId: bytesSchema(32) })
const pauseSchema = policySchema.extend({ reason: reasonSchema.optional() })
const unpauseSchema = policySchema.extend({ signature: ownerSignatureSchema })

/** Adds a game action to the draft, or replaces the one that `action.id` names. */
export async function saveGameActionAction(input: {
  gameSlug: string
  draftRevision: number
  action: GameActionInput
}): Promise<ActionResult<DraftView>> {
  return runAction('studio.save', saveSchema, input, (actor, data) =>
    saveGameAction(actor, data.gameSlug, data.action, data.draftRevision),
  )
}

/** Takes a game action out of the draft. */
export async function removeGameActionAction(
  input: z.input<typeof removeSchema>,
): Promise<ActionResult<DraftView>> {
  return runAction('studio.remove', removeSchema, input, (actor, data) =>
    removeGameAction(actor, data.gameSlug, data.actionId, data.draftRevision),
  )
}

/** Sets the longest session of the next version. */
export async function setMaxDurationAction(
  input: z.input<typeof durationSchema>,
): Promise<ActionResult<DraftView>> {
  return runAction('studio.duration', durationSchema, input, (actor, data) =>
    setMaxDuration(
      actor,
      data.gameSlug,
      data.maxDurationSeconds,
      data.draftRevision,
    ),
  )
}

/** Replaces the draft's spend limits by these. */
export async function setSpendLimitsAction(
  input: z.input<typeof spendSchema>,
): Promise<ActionResult<DraftView>> {
  return runAction('studio.spend', spendSchema, input, (actor, data) =>
    setSpendLimits(actor, data.gameSlug, data.spendLimits, data.draftRevision),
  )
}

/** Publishes the draft as the next policy version. */
export async function publishPolicyAction(
  input: z.input<typeof draftSchema>,
): Promise<ActionResult<PublishView>> {
  return runAction('policy.publish', draftSchema, input, (actor, data) =>
    publishPolicy(actor, data.gameSlug, data.draftRevision),
  )
}

/** Stops all sessions of a policy version at once. */
export async function pausePolicyAction(
  input: z.input<typeof pauseSchema>,
): Promise<ActionResult<{ policyId: `0x${string}` }>> {
  return runAction('policy.pause', pauseSchema, input, (actor, data) =>
    pausePolicy(actor, data.policyId, data.reason),
  )
}

/** The message by which the policy's owner lifts a pause. */
export async function prepareUnpauseAction(
  input: z.input<typeof policySchema>,
): Promise<ActionResult<UnpauseRequestView>> {
  return runAction('policy.unpause', policySchema, input, (actor, data) =>
    prepareUnpause(actor, data.policyId),
  )
}

/** Lifts a pause by the owner's signature; takes effect an hour later. */
export async function unpausePolicyAction(
  input: z.input<typeof unpauseSchema>,
): Promise<ActionResult<{ policyId: `0x${string}` }>> {
  return runAction('policy.unpause', unpauseSchema, input, (actor, data) =>
    unpausePolicy(actor, data.policyId, data.signature),
  )
}

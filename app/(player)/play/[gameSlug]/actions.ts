'use server'

import { z } from 'zod'
import type { ActionResult } from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import { slugSchema } from '@/lib/policy/policy-schema'
import {
  endedSessionIdsSchema,
  type GrantResult,
  renewalSchema,
  type UnsignedGrant,
} from '@/lib/rpc/session-methods'
import { limitBy } from '@/lib/server/http/rate-limits'
import { runAction } from '@/lib/server/http/run-action'
import { findGameForPlay } from '@/lib/server/session/get-game'
import { prepareGrant } from '@/lib/server/session/prepare-grant'
import { prepareRenewal } from '@/lib/server/session/prepare-renewal'
import { reportPlay } from '@/lib/server/session/report-play'
import { submitGrant } from '@/lib/server/session/submit-grant'
import type { PlayReport } from '@/lib/session/play-report'
import { playReportSchema } from '@/lib/session/play-report-schema'
import {
  durationSecondsSchema,
  grantJsonSchema,
  sessionKeySchema,
} from '@/lib/session/session-schema'

const prepareSchema = z.strictObject({
  gameSlug: slugSchema,
  key: sessionKeySchema,
  durationSeconds: durationSecondsSchema,
  endedSessionIds: endedSessionIdsSchema.optional(),
})

/** The session that the logged-in player is asked to sign for this game; with `endedSessionIds` those end by the same signature. */
export async function prepareGrantAction(
  input: z.input<typeof prepareSchema>,
): Promise<ActionResult<UnsignedGrant>> {
  return runAction(
    'grant.prepare',
    prepareSchema,
    input,
    async (actor, { gameSlug, ...wish }) => {
      const game = await findGameForPlay(gameSlug)
      if (!game) throw new PlaykeyError('not_found')
      if (!game.policy) throw new PlaykeyError('policy_unknown')
      const { id: policyId } = game.policy
      return prepareGrant({ ...wish, owner: actor.address, policyId })
    },
  )
}

/** The later end of a session that the logged-in player is asked to sign. */
export async function prepareRenewalAction(
  input: z.input<typeof renewalSchema>,
): Promise<ActionResult<UnsignedGrant>> {
  return runAction('grant.renew', renewalSchema, input, (actor, wish) =>
    prepareRenewal(wish, actor),
  )
}

/** Hands in the signed session of the logged-in player, or its signed later end. */
export async function grantSessionAction(
  input: z.input<typeof grantJsonSchema>,
): Promise<ActionResult<GrantResult>> {
  return runAction('grant.submit', grantJsonSchema, input, (actor, grant) => {
    if (grant.owner !== actor.address.toLowerCase())
      throw new PlaykeyError('account_mismatch')
    limitBy('grant', actor.userId)
    return submitGrant(grant)
  })
}

/** Adds what the browser saw while playing. */
export async function reportPlayAction(
  input: PlayReport,
): Promise<ActionResult<{ accepted: true }>> {
  return runAction('play.report', playReportSchema, input, reportPlay)
}

'use server'

import { z } from 'zod'
import type { ActionResult } from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import { slugSchema } from '@/lib/policy/policy-schema'
import type { GrantResult } from '@/lib/rpc/session-methods'
import { runAction } from '@/lib/server/http/run-action'
import { findGameForPlay } from '@/lib/server/session/get-game'
import { prepareGrant } from '@/lib/server/session/prepare-grant'
import { reportPlay } from '@/lib/server/session/report-play'
import { submitGrant } from '@/lib/server/session/submit-grant'
import type { PlayReport } from '@/lib/session/play-report'
import { playReportSchema } from '@/lib/session/play-report-schema'
import type { SessionJson } from '@/lib/session/session'
import {
  durationSecondsSchema,
  grantJsonSchema,
  sessionKeySchema,
} from '@/lib/session/session-schema'

const prepareSchema = z.strictObject({
  gameSlug: slugSchema,
  key: sessionKeySchema,
  durationSeconds: durationSecondsSchema,
})

/** The session that the logged-in player is asked to sign for this game. */
export async function prepareGrantAction(
  input: z.input<typeof prepareSchema>,
): Promise<
  ActionResult<{ session: SessionJson; owner: SessionJson['account'] }>
> {
  return runAction(
    'grant.prepare',
    prepareSchema,
    input,
    async (actor, { gameSlug, key, durationSeconds }) => {
      const game = await findGameForPlay(gameSlug)
      if (!game) throw new PlaykeyError('not_found')
      if (!game.policy) throw new PlaykeyError('policy_unknown')
      return prepareGrant({
        ...{ owner: actor.address, policyId: game.policy.id },
        ...{ key, durationSeconds },
      })
    },
  )
}

/** Hands in the signed session of the logged-in player. */
export async function grantSessionAction(
  input: z.input<typeof grantJsonSchema>,
): Promise<ActionResult<GrantResult>> {
  return runAction('grant.submit', grantJsonSchema, input, (actor, grant) => {
    if (grant.owner !== actor.address.toLowerCase())
      throw new PlaykeyError('account_mismatch')
    return submitGrant(grant)
  })
}

/** Adds what the browser saw while playing. */
export async function reportPlayAction(
  input: PlayReport,
): Promise<ActionResult<{ accepted: true }>> {
  return runAction('play.report', playReportSchema, input, reportPlay)
}

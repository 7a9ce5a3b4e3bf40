'use server'

import type { z } from 'zod'
import type { ActionResult } from '@/lib/errors/action-result'
import { type RevokeResult, revocationSchema } from '@/lib/rpc/session-methods'
import { runAction } from '@/lib/server/http/run-action'
import { revokeOwnSession } from '@/lib/server/session/revoke-session'

/** Ends a session of the logged-in player, by a signature of the owner or of the session's key. */
export async function revokeSessionAction(
  input: z.input<typeof revocationSchema>,
): Promise<ActionResult<RevokeResult>> {
  return runAction('session.revoke', revocationSchema, input, revokeOwnSession)
}

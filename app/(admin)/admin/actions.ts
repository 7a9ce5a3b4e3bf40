'use server'

import { z } from 'zod'
import type { ActionResult } from '@/lib/errors/action-result'
import { bytesSchema } from '@/lib/permission/scalar-schema'
import { reasonSchema } from '@/lib/policy/reason-schema'
import { revokeAsAdmin } from '@/lib/server/admin/revoke-as-admin'
import { runAction } from '@/lib/server/http/run-action'
import type { RevokeView } from '@/lib/session/admin-view'

const revokeSchema = z.strictObject({
  sessionId: bytesSchema(32),
  reason: reasonSchema,
})

/** Ends a player's session for abuse, on chain, with a reason that the player sees. */
export async function revokeSessionAsAdminAction(
  input: z.input<typeof revokeSchema>,
): Promise<ActionResult<RevokeView>> {
  return runAction(
    'admin.revoke',
    revokeSchema,
    input,
    (actor, { sessionId, reason }) => revokeAsAdmin(actor, sessionId, reason),
  )
}

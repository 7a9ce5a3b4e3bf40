import type { RevocationParams, RevokeResult } from '@/lib/rpc/session-methods'
import { revokeSession } from '../../session/revoke-session'

/** `playkey_revoke`: ends a session by a signature of its owner or of its key. Idempotent. */
export function revoke([params]: [RevocationParams]): Promise<RevokeResult> {
  return revokeSession(params)
}

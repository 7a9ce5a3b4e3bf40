import type { GrantParams, GrantResult } from '@/lib/rpc/session-methods'
import { submitGrant } from '../../session/submit-grant'

/** `playkey_grant`: takes over a signed session. Idempotent. */
export function grant([params]: [GrantParams]): Promise<GrantResult> {
  return submitGrant(params)
}

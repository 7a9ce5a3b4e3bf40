import type { GrantParams, GrantResult } from '@/lib/rpc/session-methods'
import { submitGrant } from '../../session/submit-grant'
import type { MethodContext } from './method-context'

/** `playkey_grant`: takes over a signed session. Idempotent. */
export async function grant(
  [params]: [GrantParams],
  { charge }: Pick<MethodContext, 'charge'>,
): Promise<GrantResult> {
  charge(1, 'grant')
  return submitGrant(params)
}

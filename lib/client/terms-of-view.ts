import { fromPermissionJson } from '@/lib/permission/permission-json'
import { makeTerms, type Terms } from '@/lib/permission/terms'
import { fromSpendLimitJson } from '@/lib/permission/terms-json'
import type { SessionView } from '@/lib/session/session-view'

/** Terms of a session as the server shows it. */
export function termsOfView({
  permissions,
  spends,
}: Pick<SessionView, 'permissions' | 'spends'>): Terms {
  return makeTerms(
    permissions.map(({ permission }) => fromPermissionJson(permission)),
    spends.map(({ limit }) => fromSpendLimitJson(limit)),
  )
}

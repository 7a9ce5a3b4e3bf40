import type { SerializedError } from '@/lib/errors/action-result'
import { describeRule } from '@/lib/permission/describe-rule'
import type { SessionView } from '@/lib/session/session-view'

/** The rule that a refused move would have broken, as a sentence; null when it broke none that is known here. */
export function brokenRuleOf(
  { code, details }: SerializedError,
  session: Pick<SessionView, 'permissions'> | null,
): string | null {
  if (code !== 'argument_not_allowed') return null
  const entry = session?.permissions[Number(details?.index)]
  const rule = entry?.permission.rules[Number(details?.rule)]
  if (!entry || rule === undefined) return null
  return `You allowed ${entry.name} only if ${describeRule(rule)}.`
}

import type { Address, Hex } from 'viem'
import type { SessionView } from '@/lib/session/session-view'
import {
  getSessionView,
  listSessionsOfAccount,
} from '../../session/list-sessions'

/** `playkey_getSessions`: an account's sessions, as far as the chain tells everyone. */
export async function getSessions([{ account }]: [
  { account: Address },
]): Promise<SessionView[]> {
  const views = await listSessionsOfAccount(account)
  return views.map(withoutPrivateParts)
}

/** `playkey_getSession`. @throws PlaykeyError `session_unknown` */
export async function getSession([{ sessionId }]: [
  { sessionId: Hex },
]): Promise<SessionView> {
  return withoutPrivateParts(await getSessionView(sessionId))
}

/** Play time and latencies are the player's own business. */
function withoutPrivateParts(view: SessionView): SessionView {
  return { ...view, play: null }
}

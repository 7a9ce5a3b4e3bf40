import type { Hex } from 'viem'
import type { Grant } from '@/lib/session/session'
import { computeSessionId } from '@/lib/session/session-id'
import {
  hashSession,
  structHashOfSession,
} from '@/lib/session/session-typed-data'
import { hashSessionHashes } from '@/lib/session/sessions-typed-data'
import { getDeployment } from '../chain/deployment'

/** What the owner signed: the session, or the batch that it is part of. */
export function digestOfGrant({
  session,
  batch,
}: Pick<Grant, 'session' | 'batch'>): Hex {
  const { chainId, sessionManager } = getDeployment()
  const domain = { chainId, sessionManager }
  if (!batch) return hashSession({ session, ...domain })
  const { position, otherHashes, ended } = batch
  const { account } = session
  return hashSessionHashes({
    sessionHashes: otherHashes.toSpliced(
      position,
      0,
      structHashOfSession(session),
    ),
    ended: ended.map((each) => computeSessionId({ ...each, account })),
    ...domain,
  })
}

import type { Address, Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { SessionKey } from '@/lib/session/session'
import { getDatabase } from '../../db/database'

/** The session that a request names: by its id, else by its key. @throws PlaykeyError `session_unknown` */
export async function findSessionId(params: {
  from?: Address | undefined
  key?: SessionKey | undefined
  capabilities?:
    | {
        playkey?: { sessionId?: Hex | undefined } | undefined
        permissions?: { id: Hex } | undefined
      }
    | undefined
}): Promise<Hex> {
  const { capabilities, key, from } = params
  const id = capabilities?.playkey?.sessionId ?? capabilities?.permissions?.id
  if (id) return id
  if (!key) throw new PlaykeyError('session_unknown')
  const session = await getDatabase().prisma.session.findFirst({
    where: {
      keyScheme: key.scheme,
      publicKey: key.publicKey,
      ...(from ? { accountAddress: from } : {}),
    },
    orderBy: { createdAt: 'desc' },
    select: { id: true },
  })
  if (!session) throw new PlaykeyError('session_unknown')
  return session.id as Hex
}

import type { Address, Hex } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { RevocationParams, RevokeResult } from '@/lib/rpc/session-methods'
import { hashRevocation } from '@/lib/session/revocation-typed-data'
import type { KeyScheme } from '@/lib/session/session'
import { getDeployment } from '../chain/deployment'
import { getDatabase, type Prisma } from '../db/database'
import { isSignedByKey } from '../relay/admission/verify-key-signature'
import { requestRevocation } from '../relay/task/request-revocation'
import type { IdentityPayload, TaskPayloads } from '../relay/task/task-payloads'
import { isContract, isSignedByOwner } from './verify-owner-signature'

const ZERO_HASH: Hex = `0x${'00'.repeat(32)}`

type Row = Prisma.SessionGetPayload<{ include: { account: true } }>

/**
 * Ends a session by the signature of its owner or of its own key. Takes power away only, so anyone may hand it in.
 * @throws PlaykeyError `session_unknown`, `invalid_signature`
 */
export async function revokeSession(
  input: RevocationParams,
): Promise<RevokeResult> {
  const database = getDatabase()
  const row = await database.prisma.session.findUnique({
    where: { id: input.sessionId },
    include: { account: true },
  })
  if (!row) throw new PlaykeyError('session_unknown')
  return requestRevocation(database, {
    sessionId: input.sessionId,
    by: input.by,
    task: await toVerifiedTask(row, input),
  })
}

/** As `revokeSession`, for a logged-in player's own session. @throws PlaykeyError `session_unknown` for one of another account */
export async function revokeOwnSession(
  actor: Actor,
  input: RevocationParams,
): Promise<RevokeResult> {
  const count = await getDatabase().prisma.session.count({
    where: { id: input.sessionId, account: { ownerAddress: actor.address } },
  })
  if (count === 0) throw new PlaykeyError('session_unknown')
  return revokeSession(input)
}

/** What names a session on chain. */
export function identityOf(row: {
  accountAddress: string
  policyId: string | null
  tableHash: string
  epoch: number
  keyScheme: string
  publicKey: string
}): IdentityPayload {
  return {
    account: row.accountAddress as Address,
    policyId: (row.policyId ?? ZERO_HASH) as Hex,
    tableHash: row.tableHash as Hex,
    epoch: row.epoch,
    key: {
      scheme: row.keyScheme as KeyScheme,
      publicKey: row.publicKey as Hex,
    },
  }
}

async function toVerifiedTask(
  row: Row,
  { sessionId, by, signature }: RevocationParams,
): Promise<TaskPayloads['revoke']> {
  const session = identityOf(row)
  const digest = hashRevocation({
    account: session.account,
    sessionId,
    ...getDeployment(),
  })
  if (by === 'key') {
    if (!(await isSignedByKey(session.key, digest, signature)))
      throw new PlaykeyError('invalid_signature')
    return { by, session, signature }
  }
  const owner = row.account.owner as Hex
  const isSigned = await isSignedByOwner({
    ...{ account: session.account, owner, digest, signature },
  })
  if (!isSigned) throw new PlaykeyError('invalid_signature')
  const isDeployed = await isContract(session.account)
  return { by, session, owner: isDeployed ? '0x' : owner, signature }
}

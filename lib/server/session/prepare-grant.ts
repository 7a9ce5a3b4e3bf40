import { type Address, type Hex, zeroAddress } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { PolicyDocument } from '@/lib/policy/policy'
import type {
  PrepareGrantParams,
  UnsignedGrant,
} from '@/lib/rpc/session-methods'
import type { EndedSession, SessionJson } from '@/lib/session/session'
import { BLOCK_LAG_SECONDS, readChainSeconds } from '../chain/clock'
import { readAccountOf, readEpoch } from '../chain/read-accounts'
import { getDatabase } from '../db/database'
import { isP256PublicKey } from '../relay/admission/verify-key-signature'
import { identityOf } from './revoke-session'

/** How long an owner has to sign, in seconds. */
export const GRANT_DEADLINE_SECONDS = 900

/**
 * The session that the owner is asked to sign: exactly what the policy allows, from now for `durationSeconds`. It starts a
 * little earlier, so that the very next block belongs to it.
 * Stores nothing and grants nothing.
 * @returns the session, the ERC-7913 signer from which the account is created, and what else the signature covers.
 * @throws PlaykeyError `policy_unknown`, `policy_paused`, `duration_too_long`, `invalid_key`; `session_unknown` for a session to end that is not the account's
 */
export async function prepareGrant(
  input: PrepareGrantParams,
): Promise<UnsignedGrant> {
  const database = getDatabase()
  const policy = await database.prisma.policy.findFirst({
    where: { id: input.policyId, status: 'published' },
  })
  if (!policy) throw new PlaykeyError('policy_unknown')
  if (input.durationSeconds > policy.maxDurationSeconds)
    throw new PlaykeyError('duration_too_long', {
      details: { maxDurationSeconds: policy.maxDurationSeconds },
    })
  if (!isUsableKey(input.key)) throw new PlaykeyError('invalid_key')
  const nowSeconds = await readChainSeconds(database)
  if (BigInt(nowSeconds) < policy.pausedUntil)
    throw new PlaykeyError('policy_paused', {
      details: { pausedUntil: Number(policy.pausedUntil) },
    })
  const validAfter = nowSeconds - BLOCK_LAG_SECONDS
  const owner = input.owner.toLowerCase() as Hex
  const account = await readAccountOf(owner)
  const ended = await findEnded(account, input.endedSessionIds ?? [])
  const { actions, spendLimits } = policy.document as PolicyDocument
  const permissions = actions.map(({ permission }) => permission)
  return {
    owner,
    session: {
      account,
      policyId: input.policyId,
      key: input.key,
      validAfter,
      validUntil: validAfter + input.durationSeconds,
      epoch: await readEpoch(account),
      grantDeadline: nowSeconds + GRANT_DEADLINE_SECONDS,
      terms: { permissions, spendLimits },
    },
    ...(ended.length > 0
      ? { batch: { position: 0, otherHashes: [], ended } }
      : {}),
  }
}

async function findEnded(
  account: Address,
  ids: readonly Hex[],
): Promise<EndedSession[]> {
  if (ids.length === 0) return []
  const rows = await getDatabase().prisma.session.findMany({
    where: { id: { in: [...ids] }, accountAddress: account },
  })
  return ids.map((id) => {
    const row = rows.find((entry) => entry.id === id)
    if (!row) throw new PlaykeyError('session_unknown')
    const { policyId, tableHash, epoch, key } = identityOf(row)
    return { policyId, tableHash, epoch, key }
  })
}

/** Whether a key can sign at all: a point on the curve, or an address that is not zero. */
export function isUsableKey(key: SessionJson['key']): boolean {
  return key.scheme === 'p256'
    ? isP256PublicKey(key.publicKey)
    : (key.publicKey as Address) !== zeroAddress
}

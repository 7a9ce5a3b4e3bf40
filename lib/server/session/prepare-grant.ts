import { type Address, type Hex, zeroAddress } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { PolicyDocument } from '@/lib/policy/policy'
import type { PrepareGrantParams } from '@/lib/rpc/session-methods'
import type { SessionJson } from '@/lib/session/session'
import { readChainSeconds } from '../chain/clock'
import { readAccountOf, readEpoch } from '../chain/read-accounts'
import { getDatabase } from '../db/database'
import { isP256PublicKey } from '../relay/verify-key-signature'

/** How long an owner has to sign, in seconds. */
export const GRANT_DEADLINE_SECONDS = 900

/**
 * The session that the owner is asked to sign: exactly what the policy allows, from now for `durationSeconds`.
 * Stores nothing and grants nothing.
 * @returns the session, and the ERC-7913 signer from which the account is created.
 * @throws PlaykeyError `policy_unknown`, `policy_paused`, `duration_too_long`, `invalid_key`
 */
export async function prepareGrant(
  input: PrepareGrantParams,
): Promise<{ session: SessionJson; owner: Hex }> {
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
  const owner = input.owner.toLowerCase() as Hex
  const account = await readAccountOf(owner)
  const { actions } = policy.document as PolicyDocument
  return {
    owner,
    session: {
      account,
      policyId: input.policyId,
      key: input.key,
      validAfter: nowSeconds,
      validUntil: nowSeconds + input.durationSeconds,
      epoch: await readEpoch(account),
      grantDeadline: nowSeconds + GRANT_DEADLINE_SECONDS,
      permissions: actions.map(({ permission }) => permission),
    },
  }
}

/** Whether a key can sign at all: a point on the curve, or an address that is not zero. */
export function isUsableKey(key: SessionJson['key']): boolean {
  return key.scheme === 'p256'
    ? isP256PublicKey(key.publicKey)
    : (key.publicKey as Address) !== zeroAddress
}

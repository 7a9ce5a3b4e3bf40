import { encodeFunctionData, keccak256 } from 'viem'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { assertTerms } from '@/lib/permission/check-terms'
import { encodeTerms } from '@/lib/permission/encode-terms'
import { hashTerms } from '@/lib/permission/hash-terms'
import type { Terms } from '@/lib/permission/terms'
import { computePolicyId } from '@/lib/policy/policy-id'
import type { Policy } from './bundle'
import { type Chain, send } from './chain'

const MAX_DURATION_SECONDS = 86_400

/** Publishes a policy whose sessions last a day at most. @throws if the terms are wrong. */
export async function publish(chain: Chain, terms: Terms): Promise<Policy> {
  assertTerms(terms)
  const owner = chain.account.address
  const documentHash = keccak256('0x01')
  const encoded = encodeTerms(terms)
  const data = encodeFunctionData({
    abi: sessionManagerAbi,
    functionName: 'publish',
    args: [owner, [], MAX_DURATION_SECONDS, documentHash, encoded],
  })
  await send(chain, { to: sessionManagerAddress, data })
  const policyId = computePolicyId({
    ...{ owner, revokers: [], documentHash },
    maxDurationSeconds: MAX_DURATION_SECONDS,
    termsHash: hashTerms(terms),
  })
  return { policyId, terms }
}

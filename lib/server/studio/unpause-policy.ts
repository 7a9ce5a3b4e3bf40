import { type Hex, hashTypedData } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { UnpauseRequestView } from '@/lib/policy/studio-view'
import { typedDataDomain } from '@/lib/session/typed-data-domain'
import { getDeployment } from '../chain/deployment'
import { getChainClient } from '../chain/server-chain'
import { enqueueTask } from '../relay/task/enqueue-task'
import { isSignedByOwner } from '../session/verify-owner-signature'
import { enqueuePause, requirePolicy } from './pause-policy'

const types = {
  Unpause: [
    { name: 'policyId', type: 'bytes32' },
    { name: 'pauseNumber', type: 'uint32' },
  ],
} as const

/**
 * The message by which the policy's owner lifts the present pause; it cannot lift a later one.
 * @throws PlaykeyError `not_found`, `conflict` when the policy is not paused
 */
export async function prepareUnpause(
  actor: Actor,
  policyId: Hex,
): Promise<UnpauseRequestView> {
  const policy = await requirePolicy(actor, policyId)
  if (policy.pausedUntil === 0n) throw new PlaykeyError('conflict')
  const deployment = getDeployment()
  const pauseNumber = await getChainClient().readContract({
    address: deployment.sessionManager,
    abi: sessionManagerAbi,
    functionName: 'pauseNumberOf',
    args: [policyId],
  })
  return {
    policyId,
    owner: policy.owner,
    typedData: {
      domain: typedDataDomain(deployment),
      types: { Unpause: [...types.Unpause] },
      primaryType: 'Unpause',
      message: { policyId, pauseNumber: Number(pauseNumber) },
    },
  }
}

/**
 * Lifts a pause by the owner's signature, through the worker. Sessions run again an hour later.
 * @throws PlaykeyError `not_found`, `invalid_signature`, `conflict` while another pause or unpause is on its way
 */
export async function unpausePolicy(
  actor: Actor,
  policyId: Hex,
  signature: Hex,
): Promise<{ policyId: Hex }> {
  const { owner, typedData } = await prepareUnpause(actor, policyId)
  const digest = hashTypedData({
    domain: typedData.domain,
    types,
    primaryType: 'Unpause',
    message: {
      policyId,
      pauseNumber: Number(typedData.message.pauseNumber),
    },
  })
  const isSigned = await isSignedByOwner({
    ...{ account: owner, owner, digest, signature },
  })
  if (!isSigned) throw new PlaykeyError('invalid_signature')
  await enqueuePause(actor, policyId, 'unpause', undefined, (transaction) =>
    enqueueTask(transaction, 'unpause', policyId, { policyId, signature }),
  )
  return { policyId }
}

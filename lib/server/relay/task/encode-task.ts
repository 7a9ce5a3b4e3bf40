import { encodeFunctionData, type Hex } from 'viem'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { encodeTerms } from '@/lib/permission/encode-terms'
import { fromTermsJson } from '@/lib/permission/terms-json'
import { schemeIds } from '@/lib/session/session-id'
import type { SignerRole } from '../key/signer'
import type { Job } from '../key/store-transaction'
import type { IdentityPayload, TaskPayloads } from './task-payloads'

/** A task as the worker reads it. */
export type TaskRow = {
  [Kind in keyof TaskPayloads]: {
    id: string
    kind: Kind
    subject: string
    payload: TaskPayloads[Kind]
  }
}[keyof TaskPayloads]

/** Which key sends the task: the revoker's own rights need the revoker's key, the rest anyone may relay. */
export function roleOf(task: TaskRow): SignerRole {
  if (task.kind === 'pause') return 'revoker'
  const isRevokers = task.kind === 'revoke' && task.payload.by === 'revoker'
  return isRevokers ? 'revoker' : 'relayer'
}

/** Call data of a task, for SessionManager. */
export function encodeTask(task: TaskRow): Pick<Job, 'purpose' | 'data'> {
  const abi = sessionManagerAbi
  switch (task.kind) {
    case 'publish': {
      const { owner, revokers, maxDurationSeconds, documentHash } = task.payload
      const terms = encodeTerms(fromTermsJson(task.payload.terms))
      return {
        purpose: 'publish',
        data: encodeFunctionData({
          abi,
          functionName: 'publish',
          args: [owner, revokers, maxDurationSeconds, documentHash, terms],
        }),
      }
    }
    case 'pause':
      return {
        purpose: 'pause',
        data: encodeFunctionData({
          abi,
          functionName: 'pause',
          args: [task.payload.policyId],
        }),
      }
    case 'unpause':
      return {
        purpose: 'unpause',
        data: encodeFunctionData({
          abi,
          functionName: 'unpauseBySignature',
          args: [task.payload.policyId, task.payload.signature],
        }),
      }
    case 'revoke':
      return { purpose: 'revoke', data: encodeRevocation(task.payload) }
  }
}

function encodeRevocation(payload: TaskPayloads['revoke']): Hex {
  const abi = sessionManagerAbi
  const identity = toIdentity(payload.session)
  if (payload.by === 'revoker')
    return encodeFunctionData({
      abi,
      functionName: 'revoke',
      args: [identity],
    })
  if (payload.by === 'key')
    return encodeFunctionData({
      abi,
      functionName: 'revokeByKey',
      args: [identity, payload.signature],
    })
  return encodeFunctionData({
    abi,
    functionName: 'revokeByOwner',
    args: [identity, payload.owner, payload.signature],
  })
}

function toIdentity({ key, ...rest }: IdentityPayload) {
  const { scheme, publicKey } = key
  return { ...rest, key: { scheme: schemeIds[scheme], publicKey } }
}

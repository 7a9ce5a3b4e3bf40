import type { SessionView } from '../session/session-view'
import {
  type CallsStatusResult,
  getCallsStatusParamsSchema,
  getCapabilitiesParamsSchema,
  type PreparedCalls,
  prepareCallsParamsSchema,
  type SendPreparedCallsResult,
  sendPreparedCallsParamsSchema,
} from './calls-methods'
import {
  type GrantResult,
  getNextSequenceParamsSchema,
  getSessionParamsSchema,
  getSessionsParamsSchema,
  grantParamsSchema,
  type NextSequenceResult,
  type PreparedGrant,
  prepareGrantParamsSchema,
  prepareRenewalParamsSchema,
  type RevokeResult,
  revokeParamsSchema,
} from './session-methods'

/** Params of every method of `/api/relay`. */
export const methodParams = {
  wallet_getCapabilities: getCapabilitiesParamsSchema,
  wallet_prepareCalls: prepareCallsParamsSchema,
  wallet_sendPreparedCalls: sendPreparedCallsParamsSchema,
  wallet_getCallsStatus: getCallsStatusParamsSchema,
  playkey_prepareGrant: prepareGrantParamsSchema,
  playkey_prepareRenewal: prepareRenewalParamsSchema,
  playkey_grant: grantParamsSchema,
  playkey_revoke: revokeParamsSchema,
  playkey_getSessions: getSessionsParamsSchema,
  playkey_getSession: getSessionParamsSchema,
  playkey_getNextSequence: getNextSequenceParamsSchema,
} as const

export type MethodName = keyof typeof methodParams

/** Result of every method of `/api/relay`. */
export type MethodResults = {
  wallet_getCapabilities: Record<string, Record<string, unknown>>
  wallet_prepareCalls: PreparedCalls
  wallet_sendPreparedCalls: SendPreparedCallsResult
  wallet_getCallsStatus: CallsStatusResult
  playkey_prepareGrant: PreparedGrant
  playkey_prepareRenewal: PreparedGrant
  playkey_grant: GrantResult
  playkey_revoke: RevokeResult
  playkey_getSessions: SessionView[]
  playkey_getSession: SessionView
  playkey_getNextSequence: NextSequenceResult
}

/** Whether `/api/relay` has a method of that name. */
export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methodParams, name)
}

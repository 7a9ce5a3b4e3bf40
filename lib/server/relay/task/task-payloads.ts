import type { Address, Hex } from 'viem'
import type { TermsJson } from '@/lib/permission/terms'
import type { KeyScheme } from '@/lib/session/session'

/** Preimage of a session id, as tasks carry it. */
export type IdentityPayload = {
  account: Address
  policyId: Hex
  tableHash: Hex
  epoch: number
  key: { scheme: KeyScheme; publicKey: Hex }
}

/** What the worker needs for each kind of task; plain JSON. */
export type TaskPayloads = {
  publish: {
    owner: Address
    revokers: Address[]
    maxDurationSeconds: number
    documentHash: Hex
    terms: TermsJson
  }
  /** `revoker`: the platform's key sends it. `owner`, `key`: anyone may relay the signed message. */
  revoke:
    | { by: 'revoker'; session: IdentityPayload }
    | {
        by: 'owner'
        session: IdentityPayload
        /** ERC-7913 signer that creates the account first when it has no code; else `0x`. */
        owner: Hex
        signature: Hex
      }
    | { by: 'key'; session: IdentityPayload; signature: Hex }
  pause: { policyId: Hex }
  unpause: { policyId: Hex; signature: Hex }
}

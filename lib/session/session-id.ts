import { type Address, concatHex, type Hex, keccak256, numberToHex } from 'viem'
import type { KeyScheme, SessionKey } from './session'

/** Byte that stands for a scheme on chain. */
export const schemeIds: Record<KeyScheme, number> = { secp256k1: 1, p256: 2 }

/** Scheme of a byte, or null when unknown. */
export function schemeOf(id: number): KeyScheme | null {
  if (id === schemeIds.p256) return 'p256'
  return id === schemeIds.secp256k1 ? 'secp256k1' : null
}

/** Everything a session id commits to. */
export type SessionIdentity = {
  account: Address
  policyId: Hex
  tableHash: Hex
  epoch: number
  key: SessionKey
}

/** Id of a session: a hash of what it may do and who may do it, without the window, so that it can be renewed under the same id. */
export function computeSessionId(identity: SessionIdentity): Hex {
  return keccak256(
    concatHex([
      identity.policyId,
      identity.tableHash,
      identity.account,
      numberToHex(schemeIds[identity.key.scheme], { size: 1 }),
      numberToHex(identity.epoch, { size: 4 }),
      identity.key.publicKey,
    ]),
  )
}

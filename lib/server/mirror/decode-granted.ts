import { type Address, concatHex, type Hex, slice } from 'viem'
import type { SessionKey } from '@/lib/session/session'
import { schemeIds } from '@/lib/session/session-id'

/** What `SessionGranted` says. */
export type GrantedSession = {
  account: Address
  /** Zero hash without a policy. */
  policyId: Hex
  tableHash: Hex
  key: SessionKey
  epoch: number
  /** Unix seconds, inclusive. */
  validAfter: number
  /** Unix seconds, exclusive. */
  validUntil: number
}

/** Arguments of `SessionGranted`. */
type GrantedArguments = {
  account: Address
  policyId: Hex
  detail: bigint
  tableHash: Hex
  x: Hex
  y: Hex
}

function field(word: bigint, shift: bigint, bits: bigint): number {
  return Number((word >> shift) & ((1n << bits) - 1n))
}

/** Unpacks `SessionGranted`; its `detail` from the lowest bit: validAfter 40 | validUntil 40 | epoch 32 | scheme 8. */
export function decodeGranted(granted: GrantedArguments): GrantedSession {
  const { account, policyId, tableHash, detail, x, y } = granted
  const isAddress = field(detail, 112n, 8n) === schemeIds.secp256k1
  return {
    ...{ account, policyId, tableHash },
    key: isAddress
      ? { scheme: 'secp256k1', publicKey: slice(x, 12) }
      : { scheme: 'p256', publicKey: concatHex([x, y]) },
    epoch: field(detail, 80n, 32n),
    validAfter: field(detail, 0n, 40n),
    validUntil: field(detail, 40n, 40n),
  }
}

/** The same from the arguments as `ChainEvent` has them. */
export function decodeGrantedArgs(
  args: Record<string, string>,
): GrantedSession {
  const { detail = '0', ...words } = args
  return decodeGranted({
    ...(words as Omit<GrantedArguments, 'detail'>),
    detail: BigInt(detail),
  })
}

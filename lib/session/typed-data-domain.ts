import {
  type Address,
  bytesToHex,
  concatHex,
  encodeAbiParameters,
  type Hex,
  keccak256,
  parseAbiParameters,
  type TypedDataDomain,
  toHex,
} from 'viem'

/** Where signatures are valid: one SessionManager on one chain. */
export type SigningDomain = { chainId: number; sessionManager: Address }

/** EIP-712 domain of everything Playkey signs. */
export function typedDataDomain(domain: SigningDomain) {
  return {
    name: 'Playkey',
    version: '1',
    chainId: domain.chainId,
    verifyingContract: domain.sessionManager,
  } as const satisfies TypedDataDomain
}

const domainTypeHash = keccak256(
  toHex(
    'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)',
  ),
)
const domainParameters = parseAbiParameters(
  'bytes32, bytes32, bytes32, uint256, address',
)
const separators = new Map<string, Uint8Array>()

/** Domain separator, kept per domain: a process signs for one or two of them. */
export function domainSeparatorBytes(domain: SigningDomain): Uint8Array {
  const cacheKey = `${domain.chainId}:${domain.sessionManager}`
  const known = separators.get(cacheKey)
  if (known) return known
  const separator = keccak256(
    encodeAbiParameters(domainParameters, [
      domainTypeHash,
      keccak256(toHex('Playkey')),
      keccak256(toHex('1')),
      BigInt(domain.chainId),
      domain.sessionManager,
    ]),
    'bytes',
  )
  if (separators.size < 64) separators.set(cacheKey, separator)
  return separator
}

/** What is signed of a struct: its hash under the domain (EIP-712). */
export function digestOf(structHash: Hex, domain: SigningDomain): Hex {
  const separator = bytesToHex(domainSeparatorBytes(domain))
  return keccak256(concatHex(['0x1901', separator, structHash]))
}

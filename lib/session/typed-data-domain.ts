import type { Address, TypedDataDomain } from 'viem'

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

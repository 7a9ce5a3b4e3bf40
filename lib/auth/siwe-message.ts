import { type Address, getAddress } from 'viem'
import { createSiweMessage } from 'viem/siwe'

/** Sentence a wallet shows above the facts. The server accepts no other. */
export const SIWE_STATEMENT =
  'Log in to Playkey. This proves that you own this wallet and costs nothing.'

/** How long a login message stays valid, in seconds. */
export const SIWE_LIFETIME_SECONDS = 300

export type SiweInput = {
  address: Address
  chainId: number
  /** Single use, from the server. */
  nonce: string
  /** `https://host:port` of the app; gives domain and URI. */
  origin: string
  issuedAtMs: number
}

/** Sign-In with Ethereum message (EIP-4361), the only form that the server accepts. */
export function buildSiweMessage(input: SiweInput): string {
  const { host, origin, protocol } = new URL(input.origin)
  return createSiweMessage({
    address: getAddress(input.address),
    chainId: input.chainId,
    domain: host,
    scheme: protocol.slice(0, -1),
    uri: origin,
    nonce: input.nonce,
    statement: SIWE_STATEMENT,
    version: '1',
    issuedAt: new Date(input.issuedAtMs),
    expirationTime: new Date(input.issuedAtMs + SIWE_LIFETIME_SECONDS * 1_000),
  })
}

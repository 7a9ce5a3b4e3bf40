import { getTypesForEIP712Domain, serializeTypedData } from 'viem'
import type { SignableTypedData } from '../wallet-signature'

/** Typed data as `eth_signTypedData_v4` takes it: JSON with the domain's own type listed. */
export function toWalletTypedData(typedData: SignableTypedData): string {
  const { domain } = typedData
  const types = {
    EIP712Domain: getTypesForEIP712Domain({ domain: domain as never }),
    ...typedData.types,
  }
  return serializeTypedData({ ...typedData, types } as never)
}

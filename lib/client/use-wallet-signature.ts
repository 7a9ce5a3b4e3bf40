'use client'

import { useCallback } from 'react'
import type { Address, Hex } from 'viem'
import { useConfig } from 'wagmi'
import { type SignableTypedData, signWithOwner } from './wallet-signature'

/** Signs typed data with the wallet that owns `ownerAddress`: one prompt. The function throws PlaykeyError. */
export function useWalletSignature(
  ownerAddress: Address,
): (typedData: SignableTypedData) => Promise<Hex> {
  const wagmi = useConfig()
  return useCallback(
    (typedData) => signWithOwner(wagmi, ownerAddress, typedData),
    [wagmi, ownerAddress],
  )
}

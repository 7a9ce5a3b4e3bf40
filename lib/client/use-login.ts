'use client'

import { useCallback, useMemo, useState } from 'react'
import { type Address, getAddress } from 'viem'
import { type Connector, useConfig, useConnection, useConnectors } from 'wagmi'
import { connect, getConnection, signMessage } from 'wagmi/actions'
import {
  type SerializedError,
  serializeError,
} from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { PublicConfig } from '@/lib/rpc/public-config'
import { DEV_WALLET_RDNS } from './dev-wallet/announce-dev-wallet'
import { forgetWallet, logIn } from './login'
import { toWalletError } from './wallet-error'

/** A wallet that announced itself. */
export type WalletOption = {
  id: string
  name: string
  /** Data URI, or undefined. */
  icon: string | undefined
  /** The built-in wallet of local chains. */
  isDevelopment: boolean
}

export type LoginStatus = 'idle' | 'connecting' | 'signing' | 'verifying'

export type Login = {
  wallets: WalletOption[]
  /** Connected wallet, which is not yet a login. */
  address: Address | null
  status: LoginStatus
  error: SerializedError | null
  clearError: () => void
  /** Connects and logs in: at most one prompt for each. Null when it failed; `error` says why. */
  login: (walletId: string) => Promise<Address | null>
}

function toOption(connector: Connector): WalletOption {
  return {
    id: connector.id,
    name: connector.name,
    icon: connector.icon?.trim(),
    isDevelopment: connector.id === DEV_WALLET_RDNS,
  }
}

/** Wallets of this browser and logging in with one of them. */
export function useLogin(config: PublicConfig): Login {
  const wagmi = useConfig()
  const connectors = useConnectors()
  const { address } = useConnection()
  const [status, setStatus] = useState<LoginStatus>('idle')
  const [error, setError] = useState<SerializedError | null>(null)
  const wallets = useMemo(() => connectors.map(toOption), [connectors])
  const { chainId } = config

  const login = useCallback(
    async (walletId: string) => {
      setError(null)
      setStatus('connecting')
      try {
        const connector = connectors.find(({ id }) => id === walletId)
        if (!connector) throw new PlaykeyError('wallet_disconnected')
        const current = getConnection(wagmi)
        if (current.isConnected) await forgetWallet(wagmi)
        const { accounts } = await connect(wagmi, { connector })
        const account = getAddress(accounts[0])
        setStatus('signing')
        await logIn({
          address: account,
          chainId,
          signMessage: async (message) => {
            const signature = await signMessage(wagmi, { account, message })
            setStatus('verifying')
            return signature
          },
        })
        return account
      } catch (cause) {
        setError(serializeError(toWalletError(cause)))
        return null
      } finally {
        setStatus('idle')
      }
    },
    [wagmi, connectors, chainId],
  )

  const clearError = useCallback(() => setError(null), [])
  return { wallets, address: address ?? null, status, error, clearError, login }
}

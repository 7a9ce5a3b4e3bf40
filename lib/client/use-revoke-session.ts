'use client'

import { useCallback, useState } from 'react'
import type { Hex } from 'viem'
import { useConfig } from 'wagmi'
import {
  type SerializedError,
  serializeError,
} from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { PublicConfig } from '@/lib/rpc/public-config'
import type { RevokeView } from '@/lib/session/admin-view'
import type { SessionView } from '@/lib/session/session-view'
import { openKeyStore } from './key-store'
import { RelayClient } from './relay-client'
import {
  type RevokeOwnSession,
  requestRevocation,
  waitForRevocation,
} from './revoke-session'
import { signWithOwner } from './wallet-signature'

export type { RevokeOwnSession } from './revoke-session'

/** Ending sessions from a list: silently where this browser holds the key, else with one prompt. `revoke` throws PlaykeyError; the local key is wiped once the chain has confirmed. */
export function useRevokeSession(options: {
  config: PublicConfig
  revoke: RevokeOwnSession
}): {
  revoke: (session: SessionView) => Promise<RevokeView>
  pendingId: Hex | null
  error: SerializedError | null
} {
  const wagmi = useConfig()
  const [pendingId, setPendingId] = useState<Hex | null>(null)
  const [error, setError] = useState<SerializedError | null>(null)
  const { config, revoke: action } = options
  const { chainId, sessionManager } = config

  const revoke = useCallback(
    async (session: SessionView) => {
      setPendingId(session.id)
      setError(null)
      try {
        const keyStore = await openKeyStore()
        const result = await requestRevocation({
          session,
          domain: { chainId, sessionManager },
          keyStore,
          signWithOwner: (typedData) => {
            const owner = session.ownerAddress
            if (!owner) throw new PlaykeyError('wallet_account_changed')
            return signWithOwner(wagmi, owner, typedData)
          },
          revoke: action,
        })
        const relay = new RelayClient({ url: '/api/relay', chainId })
        const { id: sessionId, key } = session
        void waitForRevocation(() =>
          relay.call('playkey_getSession', [{ sessionId }]),
        ).then((ended) => ended && keyStore.wipe(key.publicKey))
        return result
      } catch (cause) {
        setError(serializeError(cause))
        throw cause
      } finally {
        setPendingId(null)
      }
    },
    [wagmi, chainId, sessionManager, action],
  )
  return { revoke, pendingId, error }
}

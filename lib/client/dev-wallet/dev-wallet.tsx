'use client'

import { useEffect, useState, useSyncExternalStore } from 'react'
import { type DevWallet, getDevWallet } from './announce-dev-wallet'
import { DevWalletSheet } from './dev-wallet-sheet'

function DevWalletView({ wallet }: { wallet: DevWallet }) {
  const { prompts } = wallet
  const state = useSyncExternalStore(
    (listener) => prompts.subscribe(listener),
    () => prompts.state,
    () => prompts.state,
  )
  return (
    <>
      <p className="pointer-events-none fixed bottom-2 left-2 z-30 rounded-full border border-basalt-700 bg-basalt-900/90 px-2.5 py-1 font-mono text-[11px] text-parchment-faint">
        Dev wallet · <span data-testid="dev-wallet-prompts">{state.count}</span>{' '}
        {state.count === 1 ? 'prompt' : 'prompts'}
      </p>
      {state.current && (
        <DevWalletSheet
          key={state.current.id}
          prompt={state.current}
          prompts={prompts}
        />
      )}
    </>
  )
}

/** The built-in wallet for local chains: announces itself to the page, shows its requests and counts them. */
export function DevWalletMount({ chainId }: { chainId: number }) {
  const [wallet, setWallet] = useState<DevWallet | null>(null)
  useEffect(() => setWallet(getDevWallet(chainId)), [chainId])
  return wallet && <DevWalletView wallet={wallet} />
}

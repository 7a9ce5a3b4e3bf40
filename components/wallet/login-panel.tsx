'use client'

import { Check, FlaskConical, Wallet } from 'lucide-react'
import { useState } from 'react'
import { useLogin, type WalletOption } from '@/lib/client/use-login'
import type { PublicConfig } from '@/lib/rpc/public-config'
import { Button } from '../ui/button'
import { ErrorNotice, Notice } from '../ui/notice'
import { Spinner } from '../ui/spinner'

type LoginPanelProps = {
  config: PublicConfig
  /** Where to go once logged in; a path of this site. */
  callbackPath: string
}

const progress = {
  idle: null,
  connecting: 'Waiting for the wallet to connect…',
  signing: 'Confirm the login in your wallet…',
  verifying: 'Checking the signature…',
} as const

/** The wallets that were found, and how logging in with one of them goes. */
export function LoginPanel({ config, callbackPath }: LoginPanelProps) {
  const { wallets, status, login, error, clearError } = useLogin(config)
  const [chosen, setChosen] = useState<string | null>(null)
  const [done, setDone] = useState(false)
  const busy = status !== 'idle' || done

  const start = async (wallet: WalletOption) => {
    setChosen(wallet.id)
    clearError()
    if (!(await login(wallet.id))) return
    setDone(true)
    // A full navigation, so that the server renders everything for the new actor.
    window.location.assign(callbackPath)
  }

  const ordered = [...wallets].sort(
    (a, b) => Number(b.isDevelopment) - Number(a.isDevelopment),
  )
  const retry = ordered.find(({ id }) => id === chosen)
  return (
    <div className="flex flex-col gap-4">
      {error && !busy && (
        <ErrorNotice
          error={error}
          action={
            retry && (
              <Button size="sm" onClick={() => start(retry)}>
                Try again
              </Button>
            )
          }
        />
      )}
      {ordered.length === 0 && (
        <Notice title="No wallet found">
          Install a wallet for your browser, then reload this page.
        </Notice>
      )}
      <ul aria-label="Wallets" className="flex flex-col gap-2">
        {ordered.map((wallet) => (
          <li key={wallet.id}>
            <WalletButton
              wallet={wallet}
              disabled={busy}
              active={busy && chosen === wallet.id}
              onClick={() => start(wallet)}
            />
          </li>
        ))}
      </ul>
      <p
        role="status"
        className="min-h-5 text-center text-parchment-dim text-sm"
      >
        {done ? 'Logged in. One moment…' : progress[status]}
      </p>
    </div>
  )
}

type WalletButtonProps = {
  wallet: WalletOption
  disabled: boolean
  active: boolean
  onClick: () => void
}

function WalletButton({
  wallet,
  disabled,
  active,
  onClick,
}: WalletButtonProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      disabled={disabled}
      aria-busy={active || undefined}
      className={`flex w-full items-center gap-3.5 rounded-xl border px-4 py-3.5 text-left transition-colors disabled:cursor-not-allowed ${
        active
          ? 'border-torch/60 bg-torch/8'
          : 'border-white/12 bg-basalt-800 hover:border-white/25 hover:bg-basalt-700 disabled:opacity-50'
      }`}
    >
      <span className="flex size-9 shrink-0 items-center justify-center overflow-hidden rounded-lg bg-basalt-950 text-torch">
        <WalletIcon wallet={wallet} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{wallet.name}</span>
        {wallet.isDevelopment && (
          <span className="block text-[13px] text-parchment-dim">
            No extension needed. For local chains only.
          </span>
        )}
      </span>
      {active && <Spinner className="size-5 text-torch" />}
    </button>
  )
}

function WalletIcon({ wallet }: { wallet: WalletOption }) {
  if (wallet.isDevelopment) {
    return <FlaskConical className="size-5" aria-hidden="true" />
  }
  // EIP-6963 icons are data URIs that the wallet announces; nothing is fetched.
  if (wallet.icon?.startsWith('data:image/')) {
    // biome-ignore lint/performance/noImgElement: a data URI has nothing to optimise
    return <img src={wallet.icon} alt="" className="size-full" />
  }
  return <Wallet className="size-5" aria-hidden="true" />
}

const facts = [
  'Logging in is one signature. It moves nothing and costs nothing.',
  'It gives no game any right. That is a second, separate question.',
]

/** What logging in does and does not do. */
export function LoginFacts() {
  return (
    <ul className="space-y-2">
      {facts.map((fact) => (
        <li
          key={fact}
          className="flex gap-2.5 text-parchment-dim text-sm leading-relaxed"
        >
          <Check
            className="mt-1 size-3.5 shrink-0 text-moss"
            aria-hidden="true"
          />
          {fact}
        </li>
      ))}
    </ul>
  )
}

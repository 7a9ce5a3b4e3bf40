import 'client-only'
import { DevWalletProvider } from './dev-wallet-provider'
import { PromptQueue } from './prompt-queue'

/** Reverse domain name by which pages and tests find the development wallet. */
export const DEV_WALLET_RDNS = 'dev.playkey.wallet'

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#201e26"/><path d="M7 12a3 3 0 1 1 3 3H7zm6 0h5m-2 0v3" fill="none" stroke="#ffb650" stroke-width="2"/></svg>',
)}`

export type DevWallet = { provider: DevWalletProvider; prompts: PromptQueue }

let wallet: DevWallet | undefined

/** The browser's one development wallet, announced to this page through EIP-6963. Only for local chains. */
export function getDevWallet(chainId: number): DevWallet {
  if (wallet) return wallet
  const prompts = new PromptQueue(window.sessionStorage)
  const provider = new DevWalletProvider(chainId, window.localStorage, prompts)
  wallet = { provider, prompts }
  const detail = Object.freeze({
    info: Object.freeze({
      uuid: crypto.randomUUID(),
      name: 'Development wallet',
      icon: ICON,
      rdns: DEV_WALLET_RDNS,
    }),
    provider,
  })
  const announce = () =>
    window.dispatchEvent(
      new CustomEvent('eip6963:announceProvider', { detail }),
    )
  window.addEventListener('eip6963:requestProvider', announce)
  announce()
  return wallet
}

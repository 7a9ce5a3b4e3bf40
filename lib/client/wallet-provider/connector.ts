import 'client-only'
import { type Address, getAddress } from 'viem'
import { createConnector } from 'wagmi'
import { openKeyStore } from '../key-store'
import { PlaykeyProvider, type ProviderOptions } from './playkey-provider'

/** What a game passes to `playkey()`. */
export type PlaykeyConnectorOptions = Omit<ProviderOptions, 'keyStore'>

/** wagmi connector: `createConfig({ connectors: [playkey({ config, wallet, relayUrl })] })`. Its account is the player's smart account. */
export function playkey(options: PlaykeyConnectorOptions) {
  let provider: PlaykeyProvider | undefined
  return createConnector<PlaykeyProvider>((config) => {
    const accountsOf = async (
      method: 'eth_accounts' | 'eth_requestAccounts',
    ) => {
      const accounts = await (await getProvider()).request({ method })
      return (accounts as string[]).map((account) => getAddress(account))
    }
    const getProvider = async () => {
      provider ??= new PlaykeyProvider({
        ...options,
        keyStore: await openKeyStore(),
      })
      return provider
    }
    return {
      id: 'dev.playkey',
      name: 'Playkey',
      type: 'playkey',
      async connect({ isReconnecting, withCapabilities } = {}) {
        const accounts = await accountsOf(
          isReconnecting ? 'eth_accounts' : 'eth_requestAccounts',
        )
        const { chainId } = options.config
        const answer = withCapabilities
          ? accounts.map((address) => ({ address, capabilities: {} }))
          : accounts
        return { accounts: answer as never, chainId }
      },
      async disconnect() {
        await (await getProvider()).request({ method: 'wallet_disconnect' })
      },
      getAccounts: () => accountsOf('eth_accounts'),
      getChainId: async () => options.config.chainId,
      getProvider,
      isAuthorized: async () =>
        (await accountsOf('eth_accounts').catch(() => [])).length > 0,
      async switchChain({ chainId }) {
        const chain = config.chains.find(({ id }) => id === chainId)
        const hex = `0x${chainId.toString(16)}`
        await (await getProvider()).request({
          method: 'wallet_switchEthereumChain',
          params: [{ chainId: hex }],
        })
        if (!chain) throw new Error(`Chain ${chainId} is not configured.`)
        return chain
      },
      onAccountsChanged(accounts) {
        if (accounts.length === 0) config.emitter.emit('disconnect')
        else {
          config.emitter.emit('change', { accounts: accounts as Address[] })
        }
      },
      onChainChanged(chainId) {
        config.emitter.emit('change', { chainId: Number(chainId) })
      },
      onDisconnect() {
        config.emitter.emit('disconnect')
      },
    }
  })
}

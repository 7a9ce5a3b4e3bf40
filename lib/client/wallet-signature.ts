import 'client-only'
import { type Address, type Hex, isAddressEqual } from 'viem'
import type { Config, Connector } from 'wagmi'
import {
  connect,
  getConnection,
  getConnectors,
  reconnect,
  signTypedData,
  switchChain,
} from 'wagmi/actions'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { TypedDataJson } from '@/lib/rpc/calls-methods'
import { toWalletError } from './wallet-error'

/** Typed data of any kind: as viem takes it, or as JSON from the server. */
export type SignableTypedData =
  | TypedDataJson
  | {
      domain?: object | undefined
      types: object
      primaryType: string
      message: object
    }

async function ensureConnected(wagmi: Config): Promise<Connector> {
  const connected = getConnection(wagmi)
  if (connected.status === 'connected') return connected.connector
  await reconnect(wagmi)
  const again = getConnection(wagmi)
  if (again.status === 'connected') return again.connector
  const [only, ...others] = getConnectors(wagmi)
  if (!only || others.length > 0) throw new PlaykeyError('wallet_disconnected')
  await connect(wagmi, { connector: only })
  return only
}

/**
 * Signature of the wallet that owns `owner`: one prompt, nothing else, as long as the wallet is connected and on the right chain.
 * @throws PlaykeyError `user_rejected`, `wallet_disconnected`, `wallet_account_changed`, `unsupported_chain` …
 */
export async function signWithOwner(
  wagmi: Config,
  owner: Address,
  typedData: SignableTypedData,
): Promise<Hex> {
  try {
    const connector = await ensureConnected(wagmi)
    const accounts = await connector.getAccounts()
    if (!accounts.some((account) => isAddressEqual(account, owner))) {
      throw new PlaykeyError('wallet_account_changed', {
        details: { owner },
      })
    }
    const [chain] = wagmi.chains
    if ((await connector.getChainId()) !== chain.id) {
      await switchChain(wagmi, { chainId: chain.id })
    }
    const parameters = { ...typedData, account: owner, connector }
    return await signTypedData(wagmi, parameters as never)
  } catch (error) {
    throw toWalletError(error)
  }
}

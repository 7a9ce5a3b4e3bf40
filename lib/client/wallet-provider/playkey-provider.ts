import {
  type Address,
  type EIP1193Parameters,
  getAddress,
  type Hex,
  isAddressEqual,
  numberToHex,
} from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { parseParams } from '@/lib/rpc/json-rpc'
import type { PublicConfig } from '@/lib/rpc/public-config'
import { computeAccountAddress } from '@/lib/session/account-address'
import type { KeyStore } from '../key-store'
import { RelayClient } from '../relay-client'
import { requestRevocation } from '../revoke-session'
import { ServerClock } from '../server-clock'
import type { SignableTypedData } from '../wallet-signature'
import { type DialectGrant, toDialectGrant } from './dialect-grant'
import { grantPermissions } from './grant-permissions'
import { listRequestSchema, revokeRequestSchema } from './grant-schema'
import { toProviderError } from './provider-error'
import { sendCalls } from './send-calls'
import { toWalletTypedData } from './wallet-typed-data'

/** The player's own wallet (EIP-1193), which signs grants. */
export type OwnerWallet = {
  request: (args: EIP1193Parameters) => Promise<unknown>
}

export type ProviderOptions = {
  config: PublicConfig
  wallet: OwnerWallet
  keyStore: KeyStore
  /** `/api/relay` of the deployment. */
  relayUrl: string
  /** Policy of grants that name none. */
  policyId?: Hex
}

type Listener = (...args: never[]) => void
type RequestArguments = { method: string; params?: unknown }

/** Methods that the relay answers as they are. */
const relayMethods = new Set([
  'wallet_prepareCalls',
  'wallet_sendPreparedCalls',
  'wallet_getCallsStatus',
] as const)

function isRelayMethod(
  method: string,
): method is typeof relayMethods extends Set<infer M> ? M : never {
  return (relayMethods as Set<string>).has(method)
}

/**
 * EIP-1193 provider around the player's own wallet, speaking the RISE/Porto dialect and EIP-5792: a game written for those plays on Playkey by swapping the provider. Its account is the player's smart account.
 * It prompts for connecting and granting, and for nothing else; what it does not support it refuses with the standard's code.
 */
export class PlaykeyProvider {
  readonly #options: ProviderOptions
  readonly #relay: RelayClient
  readonly #clock: ServerClock
  readonly #listeners = new Map<string, Set<Listener>>()
  #owner: Address | null = null

  constructor(options: ProviderOptions) {
    const { config, relayUrl } = options
    this.#options = options
    this.#clock = new ServerClock(config.serverTimeMs)
    this.#relay = new RelayClient({
      url: relayUrl,
      chainId: config.chainId,
      clock: this.#clock,
    })
  }

  on(event: string, listener: Listener): this {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners.add(listener))
    return this
  }

  removeListener(event: string, listener: Listener): this {
    this.#listeners.get(event)?.delete(listener)
    return this
  }

  /** EIP-1193. @throws ProviderRpcError with the codes of EIP-1193 and EIP-5792. */
  async request({ method, params }: RequestArguments): Promise<unknown> {
    const list = Array.isArray(params) ? (params as unknown[]) : []
    try {
      return await this.#handle(method, list)
    } catch (error) {
      throw toProviderError(error)
    }
  }

  async #handle(method: string, params: unknown[]): Promise<unknown> {
    if (isRelayMethod(method)) return this.#relay.call(method, params)
    switch (method) {
      case 'eth_chainId':
        return this.#chainId()
      case 'eth_accounts':
        return this.#accounts()
      case 'eth_requestAccounts':
        return this.#connect()
      case 'wallet_connect':
        return this.#connectDialect()
      case 'wallet_disconnect':
        return this.#disconnect()
      case 'wallet_switchEthereumChain':
        return this.#assertChain((params[0] as { chainId?: unknown })?.chainId)
      case 'wallet_getCapabilities':
        return this.#relay.call('wallet_getCapabilities', params.slice(0, 2))
      case 'wallet_grantPermissions':
        return this.#grant(params[0])
      case 'wallet_getPermissions':
        return this.#listGrants(params[0])
      case 'wallet_revokePermissions':
        return this.#revoke(params[0])
      case 'wallet_sendCalls':
        return sendCalls(params[0], await this.#context())
      default:
        throw new PlaykeyError('unsupported_method', {
          message: `${method} is not supported.`,
        })
    }
  }

  #chainId(): Hex {
    return numberToHex(this.#options.config.chainId)
  }

  #assertChain(chainId: unknown): null {
    if (Number(chainId) === this.#options.config.chainId) return null
    throw new PlaykeyError('unsupported_chain', {
      details: { supported: this.#chainId() },
    })
  }

  #accounts(): Address[] {
    const { factory } = this.#options.config
    const owner = this.#owner?.toLowerCase() as Hex | undefined
    return owner ? [computeAccountAddress(factory, owner)] : []
  }

  async #connect(): Promise<Address[]> {
    const answer = await this.#options.wallet.request({
      method: 'eth_requestAccounts',
    } as EIP1193Parameters)
    const [owner] = answer as string[]
    if (!owner) throw new PlaykeyError('unauthorised')
    this.#owner = getAddress(owner)
    const accounts = this.#accounts()
    this.#emit('connect', { chainId: this.#chainId() })
    this.#emit('accountsChanged', accounts)
    return accounts
  }

  async #connectDialect() {
    const accounts = await this.#connect()
    return {
      accounts: accounts.map((address) => ({ address })),
      chainIds: [this.#chainId()],
    }
  }

  #disconnect(): null {
    this.#owner = null
    this.#emit('accountsChanged', [])
    return null
  }

  async #context() {
    const { keyStore, config } = this.#options
    const [account] = this.#accounts()
    const owner = this.#owner
    if (!account || !owner) throw new PlaykeyError('unauthorised')
    const { chainId, sessionManager } = config
    return {
      ...{ account, owner, keyStore, relay: this.#relay },
      domain: { chainId, sessionManager },
      nowSeconds: () => this.#clock.nowSeconds(),
    }
  }

  async #grant(params: unknown): Promise<DialectGrant> {
    const { config, policyId } = this.#options
    const context = await this.#context()
    const asked = params as { chainId?: unknown; address?: unknown } | undefined
    if (asked?.chainId !== undefined) this.#assertChain(asked.chainId)
    this.#assertOwnAccount(asked?.address, context.account)
    return grantPermissions(params, {
      ...context,
      factory: config.factory,
      policyId: policyId ?? null,
      signTypedData: (typedData) => this.#sign(context.owner, typedData),
    })
  }

  #assertOwnAccount(asked: unknown, account: Address): void {
    if (asked === undefined) return
    const isOwn =
      typeof asked === 'string' && isAddressEqual(asked as Address, account)
    if (!isOwn) throw new PlaykeyError('unauthorised')
  }

  async #listGrants(params: unknown): Promise<DialectGrant[]> {
    const { account, nowSeconds } = await this.#context()
    const request = parseParams(listRequestSchema, params)
    this.#assertOwnAccount(request?.address, account)
    const views = await this.#relay.call('playkey_getSessions', [{ account }])
    return views
      .filter((view) => view.status !== 'revoked' && view.state !== 'revoked')
      .filter((view) => view.validUntil > nowSeconds())
      .map((view) => {
        const terms = {
          permissions: view.permissions.map(({ permission }) => permission),
          spendLimits: view.spends.map(({ limit }) => limit),
        }
        return toDialectGrant({ ...view, terms }, this.#options.config.chainId)
      })
  }

  async #revoke(params: unknown): Promise<null> {
    if ((params as { eth_accounts?: unknown } | undefined)?.eth_accounts) {
      return this.#disconnect()
    }
    const { id } = parseParams(revokeRequestSchema, params)
    const { owner, keyStore, domain } = await this.#context()
    const session = await this.#relay.call('playkey_getSession', [
      { sessionId: id },
    ])
    await requestRevocation({
      ...{ session, domain, keyStore },
      signWithOwner: (typedData) => this.#sign(owner, typedData),
      revoke: async (revocation) => ({
        ok: true,
        data: await this.#relay.call('playkey_revoke', [revocation]),
      }),
    })
    return null
  }

  async #sign(owner: Address, typedData: SignableTypedData): Promise<Hex> {
    const signature = await this.#options.wallet.request({
      method: 'eth_signTypedData_v4',
      params: [owner, toWalletTypedData(typedData)],
    } as EIP1193Parameters)
    return signature as Hex
  }

  #emit(event: string, value: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) {
      ;(listener as (value: unknown) => void)(value)
    }
  }
}

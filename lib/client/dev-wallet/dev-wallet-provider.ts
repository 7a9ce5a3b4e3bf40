import {
  type Address,
  type Hex,
  hexToBytes,
  isAddress,
  isAddressEqual,
  isHex,
  numberToHex,
  ProviderRpcError,
} from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { type ErrorCode, errorTable } from '@/lib/errors/error-table'
import {
  type DevIdentity,
  type DevStorage,
  devAccount,
  readDevWallet,
  writeConnected,
} from './dev-identity'
import type { PromptQueue, PromptTypedData } from './prompt-queue'

type Listener = (...args: never[]) => void
type RequestArguments = { method: string; params?: unknown }

function refuse(code: ErrorCode, message?: string): ProviderRpcError {
  const error = new PlaykeyError(code, message ? { message } : {})
  const row = errorTable[code]
  return new ProviderRpcError(error, {
    code: row.eip5792 ?? row.jsonRpc,
    shortMessage: error.message,
  })
}

const invalid = (message: string) => refuse('invalid_params', message)

/** EIP-1193 wallet for local chains, so that nobody needs an extension to try Playkey. It signs nothing without its own sheet, and nothing at all for another chain. */
export class DevWalletProvider {
  readonly #chainId: number
  readonly #storage: DevStorage
  readonly #prompts: PromptQueue
  readonly #listeners = new Map<string, Set<Listener>>()

  constructor(chainId: number, storage: DevStorage, prompts: PromptQueue) {
    this.#chainId = chainId
    this.#storage = storage
    this.#prompts = prompts
  }

  /** Connected address, or null. */
  get address(): Address | null {
    const { connected } = readDevWallet(this.#storage)
    return connected && devAccount(this.#storage, connected).address
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

  /** EIP-1193. @throws ProviderRpcError with the codes of EIP-1193. */
  async request({ method, params }: RequestArguments): Promise<unknown> {
    const list = Array.isArray(params) ? (params as unknown[]) : []
    switch (method) {
      case 'eth_chainId':
        return numberToHex(this.#chainId)
      case 'net_version':
        return String(this.#chainId)
      case 'eth_accounts':
        return this.#accounts()
      case 'eth_requestAccounts':
        return this.address ? this.#accounts() : this.#connect()
      case 'wallet_requestPermissions':
        return permissionsOf(await this.#connect())
      case 'wallet_getPermissions':
        return permissionsOf(this.#accounts())
      case 'wallet_revokePermissions':
        return this.disconnect()
      case 'wallet_switchEthereumChain':
      case 'wallet_addEthereumChain':
        return this.#switchChain(list)
      case 'personal_sign':
        return this.#signMessage(list)
      case 'eth_signTypedData_v4':
        return this.#signTypedData(list)
      case 'eth_sendTransaction':
        throw refuse(
          'unsupported_method',
          'The development wallet sends no transactions: it has no coins.',
        )
      default:
        throw refuse('unsupported_method', `${method} is not supported.`)
    }
  }

  /** Forgets the connection. The next one asks again who to be. */
  disconnect(): null {
    writeConnected(this.#storage, null)
    this.#emit('accountsChanged', [])
    return null
  }

  #accounts(): Address[] {
    return this.address ? [this.address] : []
  }

  async #connect(): Promise<Address[]> {
    const identity = await this.#prompts.ask({ kind: 'connect' })
    if (!identity) throw refuse('user_rejected')
    writeConnected(this.#storage, identity)
    const accounts = this.#accounts()
    this.#emit('connect', { chainId: numberToHex(this.#chainId) })
    this.#emit('accountsChanged', accounts)
    return accounts
  }

  #switchChain([target]: unknown[]): null {
    const { chainId } = (target ?? {}) as { chainId?: unknown }
    if (typeof chainId === 'string' && Number(chainId) === this.#chainId) {
      return null
    }
    throw refuse(
      'unsupported_chain',
      `The development wallet knows only the local chain ${this.#chainId}.`,
    )
  }

  async #signMessage([message, from]: unknown[]): Promise<Hex> {
    if (typeof message !== 'string') throw invalid('The message is missing.')
    const identity = this.#requireIdentity(from)
    const account = devAccount(this.#storage, identity)
    const raw = isHex(message, { strict: true })
    const text = raw ? new TextDecoder().decode(hexToBytes(message)) : message
    await this.#confirm({ kind: 'message', address: account.address, text })
    return account.signMessage({ message: raw ? { raw: message } : message })
  }

  async #signTypedData([from, data]: unknown[]): Promise<Hex> {
    const identity = this.#requireIdentity(from)
    const account = devAccount(this.#storage, identity)
    const typedData = parseTypedData(data)
    if (Number(typedData.domain.chainId) !== this.#chainId) {
      throw refuse(
        'unsupported_chain',
        `This is for chain ${String(typedData.domain.chainId)}; the development wallet signs only for ${this.#chainId}.`,
      )
    }
    const { address } = account
    await this.#confirm({ kind: 'typed-data', address, typedData })
    return account.signTypedData(typedData as never)
  }

  async #confirm(request: Parameters<PromptQueue['ask']>[0]): Promise<void> {
    const answer = await this.#prompts.ask(request)
    if (!answer) throw refuse('user_rejected')
  }

  #requireIdentity(from: unknown): DevIdentity {
    const { connected } = readDevWallet(this.#storage)
    const { address } = this
    const isOwn =
      typeof from === 'string' &&
      isAddress(from, { strict: false }) &&
      address !== null &&
      isAddressEqual(from, address)
    if (connected && isOwn) return connected
    throw refuse('unauthorised')
  }

  #emit(event: string, value: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) {
      ;(listener as (value: unknown) => void)(value)
    }
  }
}

function permissionsOf(accounts: readonly Address[]): unknown[] {
  if (accounts.length === 0) return []
  const caveat = { type: 'restrictReturnedAccounts', value: accounts }
  return [{ parentCapability: 'eth_accounts', caveats: [caveat] }]
}

function parseTypedData(data: unknown): PromptTypedData {
  try {
    const parsed: unknown = typeof data === 'string' ? JSON.parse(data) : data
    const typedData = parsed as PromptTypedData
    const isComplete =
      Array.isArray(typedData.types[typedData.primaryType]) &&
      typeof typedData.message === 'object' &&
      typeof typedData.domain === 'object'
    if (isComplete) return typedData
  } catch {
    // Falls through to the one refusal below.
  }
  throw invalid('The typed data cannot be read.')
}

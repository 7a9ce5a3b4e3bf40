import { type Address, type Hex, slice, toFunctionSelector } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { Fees } from './fees'

/** What a key may call; nothing else is ever signed with it. */
const allowedFunctions = {
  relayer: [
    'execute',
    'publish',
    'revokeByOwner',
    'revokeByKey',
    'unpauseBySignature',
  ],
  revoker: ['revoke', 'pause'],
} as const

/** Gas of a transaction that does nothing. */
export const NOOP_GAS = 21_000n

export type SignerRole = keyof typeof allowedFunctions

/** What a transaction does: a call of SessionManager, or nothing at all, to use up its nonce. */
export type Payload = { data: Hex; gas: bigint } | 'noop'

/**
 * Holds one private key and signs only what its role may send: to SessionManager, known functions, no value; or the
 * no-op: nothing to its own address. Fees are capped.
 */
export type Signer = {
  role: SignerRole
  address: Address
  /** @throws Error when the transaction is not one this key may sign */
  sign(nonce: number, payload: Payload, fees: Fees): Promise<Hex>
}

/** @param limits Where and up to which fee per gas (wei) the key may sign. */
export function createSigner(
  role: SignerRole,
  privateKey: Hex,
  limits: {
    chainId: number
    sessionManager: Address
    maxFeePerGasWei: bigint
  },
): Signer {
  const { chainId, sessionManager, maxFeePerGasWei } = limits
  const account = privateKeyToAccount(privateKey)
  const selectors = selectorsOf(allowedFunctions[role])

  const bodyOf = (payload: Payload) => {
    if (payload === 'noop')
      return { to: account.address, data: '0x' as const, gas: NOOP_GAS }
    const { data, gas } = payload
    if (!selectors.has(slice(data, 0, 4)))
      throw new Error(`the ${role} key may not sign this function`)
    return { to: sessionManager, data, gas }
  }

  return {
    role,
    address: account.address,
    async sign(nonce, payload, { maxFeePerGas, maxPriorityFeePerGas }) {
      const body = bodyOf(payload)
      if (maxFeePerGas > maxFeePerGasWei || maxPriorityFeePerGas > maxFeePerGas)
        throw new Error(`the ${role} key may not pay this fee`)
      return account.signTransaction({
        ...{ ...body, type: 'eip1559', chainId, nonce, value: 0n },
        ...{ maxFeePerGas, maxPriorityFeePerGas },
      })
    },
  }
}

function selectorsOf(names: readonly string[]): Set<Hex> {
  const functions = sessionManagerAbi.filter(
    (item) => item.type === 'function' && names.includes(item.name),
  )
  return new Set(
    functions.map((item) => toFunctionSelector(item as never) as Hex),
  )
}

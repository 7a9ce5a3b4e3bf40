import { type Address, type Hex, slice, toFunctionSelector } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'

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

export type SignerRole = keyof typeof allowedFunctions

export type UnsignedTransaction = {
  nonce: number
  data: Hex
  gas: bigint
  /** Wei. */
  maxFeePerGas: bigint
  /** Wei. */
  maxPriorityFeePerGas: bigint
}

/** Holds one private key and signs only what its role may send: to SessionManager, known functions, no value, capped fees. */
export type Signer = {
  role: SignerRole
  address: Address
  /** @throws Error when the transaction is not one this key may sign */
  sign(transaction: UnsignedTransaction): Promise<Hex>
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
  const account = privateKeyToAccount(privateKey)
  const selectors = selectorsOf(allowedFunctions[role])
  return {
    role,
    address: account.address,
    async sign(transaction) {
      if (!selectors.has(slice(transaction.data, 0, 4)))
        throw new Error(`the ${role} key may not sign this function`)
      if (transaction.maxFeePerGas > limits.maxFeePerGasWei)
        throw new Error(`the ${role} key may not pay this fee`)
      return account.signTransaction({
        ...transaction,
        type: 'eip1559',
        chainId: limits.chainId,
        to: limits.sessionManager,
        value: 0n,
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

import {
  type Address,
  concat,
  encodeAbiParameters,
  type Hex,
  maxUint256,
  parseAbiParameters,
  slice,
  toHex,
} from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Chain } from '../chain'
import type { Game } from '../measure'
import type { MetaMaskContracts } from './metamask-contracts'

const delegationsType = parseAbiParameters([
  'Delegation[] delegations',
  'struct Delegation { address delegate; address delegator; bytes32 authority; Caveat[] caveats; uint256 salt; bytes signature; }',
  'struct Caveat { address enforcer; bytes terms; bytes args; }',
])

/** As it is signed: without `args`, which the delegate may fill in. */
const typedDataTypes = {
  Delegation: [
    { name: 'delegate', type: 'address' },
    { name: 'delegator', type: 'address' },
    { name: 'authority', type: 'bytes32' },
    { name: 'caveats', type: 'Caveat[]' },
    { name: 'salt', type: 'uint256' },
  ],
  Caveat: [
    { name: 'enforcer', type: 'address' },
    { name: 'terms', type: 'bytes' },
  ],
} as const

/** Marks a delegation by the wallet itself, not one passed on. */
const rootAuthority = toHex(maxUint256)

/** What a delegate may do; times in seconds of chain time. */
export type Terms = {
  target: Address
  selector: Hex
  validAfter: number
  validUntil: number
  maxCalls: number
}

/** `move` of the game, for a day, 500,000 times. */
export async function makeTerms(chain: Chain, game: Game): Promise<Terms> {
  const now = Number((await chain.getBlock()).timestamp)
  return {
    target: game.address,
    selector: slice(game.moveData, 0, 4),
    validAfter: now - 1,
    validUntil: now + 86_400,
    maxCalls: 500_000,
  }
}

function encodeCaveats(contracts: MetaMaskContracts, terms: Terms) {
  const seconds = (value: number) => toHex(value, { size: 16 })
  const { validAfter, validUntil } = terms
  const window = concat([seconds(validAfter), seconds(validUntil)])
  const caveat = (enforcer: Address, encoded: Hex) =>
    ({ enforcer, terms: encoded, args: '0x' }) as const
  return [
    caveat(contracts.allowedTargets, terms.target),
    caveat(contracts.allowedMethods, terms.selector),
    caveat(contracts.timestamp, window),
    caveat(contracts.limitedCalls, toHex(terms.maxCalls, { size: 32 })),
  ]
}

/**
 * The player's delegation to `delegate`, signed and encoded as a permission
 * context. It costs no transaction.
 */
export async function signDelegation(
  chain: Chain,
  contracts: MetaMaskContracts,
  player: PrivateKeyAccount,
  delegate: Address,
  terms: Terms,
): Promise<Hex> {
  const delegation = {
    delegate,
    delegator: player.address,
    authority: rootAuthority,
    caveats: encodeCaveats(contracts, terms),
    salt: 0n,
  } as const
  const signature = await player.signTypedData({
    domain: {
      name: 'DelegationManager',
      version: '1',
      chainId: chain.chain.id,
      verifyingContract: contracts.delegationManager,
    },
    types: typedDataTypes,
    primaryType: 'Delegation',
    message: delegation,
  })
  return encodeAbiParameters(delegationsType, [[{ ...delegation, signature }]])
}

import {
  BaseError,
  encodeFunctionData,
  type LocalAccount,
  parseAbi,
} from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Chain } from '../chain'
import type { Game } from '../measure'
import type { MetaMaskContracts } from './metamask-contracts'
import { makeTerms, signDelegation, type Terms } from './metamask-delegation'
import { encodeRedemptions, type Redemption } from './redemption'

const gameAbi = parseAbi([
  'function playerOf(address player) view returns (uint64, uint64, uint128)',
])

/**
 * Tries what the four caveats forbid, each time with a call that the game
 * itself accepts, so that only the policy can stand in its way.
 * @throws when one is accepted, or refused for another reason.
 */
export async function checkEnforcement(
  chain: Chain,
  contracts: MetaMaskContracts,
  game: Game,
  player: PrivateKeyAccount,
  delegate: LocalAccount,
): Promise<void> {
  const terms = await makeTerms(chain, game)
  const attempt = async (
    reason: string | undefined,
    changes: Partial<Terms & Omit<Redemption, 'context'>>,
  ) => {
    const { to = game.address, data = game.moveData, ...others } = changes
    const changed = { ...terms, ...others }
    const context = await signDelegation(
      ...([chain, contracts, player, delegate.address, changed] as const),
    )
    const found = await refusal(chain, contracts, delegate, [
      { context, to, data },
    ])
    if (reason ? !found?.includes(reason) : found !== undefined)
      throw new Error(`expected ${reason}, found ${found}`)
  }
  const ungranted = encodeFunctionData({
    abi: gameAbi,
    functionName: 'playerOf',
    args: [player.address],
  })
  await attempt(undefined, {})
  await attempt('AllowedTargetsEnforcer', { to: delegate.address })
  await attempt('AllowedMethodsEnforcer', { data: ungranted })
  await attempt('TimestampEnforcer', { validUntil: terms.validAfter })
  await attempt('LimitedCallsEnforcer', { maxCalls: 0 })
}

/** Why the contracts refuse a transaction of the delegate; none if not. */
async function refusal(
  chain: Chain,
  contracts: MetaMaskContracts,
  delegate: LocalAccount,
  redemptions: readonly Redemption[],
): Promise<string | undefined> {
  try {
    await chain.call({
      account: delegate,
      to: contracts.delegationManager,
      data: encodeRedemptions(redemptions),
    })
    return undefined
  } catch (error) {
    if (error instanceof BaseError) return error.message
    throw error
  }
}

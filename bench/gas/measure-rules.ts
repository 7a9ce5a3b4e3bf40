import { type Address, encodeFunctionData, parseAbi } from 'viem'
import type { Call } from '@/lib/intent/intent'
import { makePermission, type Permission } from '@/lib/permission/permission'
import { makeTerms, type SpendLimit } from '@/lib/permission/terms'
import { deploy } from './bench-contracts'
import { type Chain, send } from './chain'
import {
  type Game,
  grantAll,
  makeMoves,
  measureIntents,
  warmUp,
} from './measure'
import type { Player } from './players'
import { publish } from './publish'

/** One kind of rule, and a call that it judges. */
type Case = {
  name: string
  call: Call
  permission: Permission
  spendLimits?: SpendLimit[]
}

const period = 3_600
const perPeriod = { period, maxCallsPerPeriod: 100_000 }
const tokenAbi = parseAbi([
  'function mint(address[] accounts, uint256 amount)',
  'function transfer(address to, uint256 amount) returns (bool)',
  'function pay(address to, uint256 amount) returns (bool)',
])

/**
 * Gas that each kind of rule adds to a call, 100 players in a bundle: the
 * difference to the same call under a limit of calls alone.
 */
export async function measureRules(
  chain: Chain,
  game: Game,
  players: readonly Player[],
): Promise<Record<string, number>> {
  const extras: Record<string, number> = {}
  for (const { plain, cases } of [
    makeMoveCases(game),
    await makeValueCases(chain, game, players),
    await makeTokenCases(chain, players),
  ]) {
    const base = await measureCase(chain, players, plain)
    for (const each of cases)
      extras[each.name] = (await measureCase(chain, players, each)) - base
  }
  return extras
}

async function measureCase(
  chain: Chain,
  players: readonly Player[],
  { call, permission, spendLimits }: Case,
): Promise<number> {
  const policy = await publish(chain, makeTerms([permission], spendLimits))
  const fresh = players.map((player) => ({ ...player, sequence: 0 }))
  await grantAll(chain, policy, fresh)
  await warmUp(chain, policy, fresh, [call])
  return measureIntents(chain, policy, fresh, [call])
}

type Cases = { plain: Case; cases: Case[] }

function makeMoveCases(game: Game): Cases {
  const make = (name: string, limits: Partial<Permission>): Case => ({
    name,
    call: makeMoves(game)[0] as Call,
    permission: makePermission({
      to: game.address,
      signature: 'move(uint8)',
      // Another number than the measured policy's, so that it is another one.
      maxCalls: 400_000,
      ...limits,
    }),
  })
  const four = ['arg0 >= 1', 'arg0 <= 3', 'arg0 != 2', 'arg0 in 0..200']
  const sum = 'sum(arg0) <= 1000000'
  return {
    plain: make('', {}),
    cases: [
      make('Calls per period', perPeriod),
      make('One rule on an argument', { rules: ['arg0 <= 3'] }),
      make('Four rules on an argument', { rules: four }),
      make('An argument one of four', { rules: ['arg0 in {0, 1, 2, 3}'] }),
      make('Sum of an argument', { rules: [sum] }),
      make('Sum of an argument, also per period', {
        ...perPeriod,
        rules: [`${sum} and <= 500000 per period`],
      }),
    ],
  }
}

async function makeValueCases(
  chain: Chain,
  game: Game,
  players: readonly Player[],
): Promise<Cases> {
  const { address } = await deploy(chain, 'PayableMove')
  for (const { account } of players)
    await chain.setBalance({ address: account, value: 10n ** 18n })
  // A target without ether would cost more, once.
  await chain.setBalance({ address, value: 1n })
  const make = (name: string, limits: Partial<Permission>): Case => ({
    name,
    call: {
      to: address,
      value: limits.maxValuePerCall ?? 0n,
      data: game.moveData,
    },
    permission: makePermission({
      to: address,
      signature: 'move(uint8)',
      maxCalls: 500_000,
      ...limits,
    }),
  })
  const value = { maxValuePerCall: 1_000n, maxValue: 10n ** 9n }
  return {
    plain: make('', {}),
    cases: [
      make('Ether, in total (6,700 of it for sending any)', value),
      make('Ether, in total and per period (6,700 of it for sending any)', {
        ...value,
        ...perPeriod,
        maxValuePerPeriod: 10n ** 9n,
      }),
    ],
  }
}

async function makeTokenCases(
  chain: Chain,
  players: readonly Player[],
): Promise<Cases> {
  const { address: token } = await deploy(chain, 'BenchToken')
  const shop = chain.account.address
  const holders = [...players.map(({ account }) => account), shop]
  const mint = encodeFunctionData({
    abi: tokenAbi,
    functionName: 'mint',
    args: [holders, 10n ** 24n],
  })
  await send(chain, { to: token, data: mint })
  const limit = { token, maxAmount: 10n ** 24n }
  return {
    plain: makeTransfer('', 'pay', token, shop),
    cases: [
      {
        ...makeTransfer('ERC-20 spend limit', 'transfer', token, shop),
        spendLimits: [{ ...limit, period: 0, maxAmountPerPeriod: 0n }],
      },
      {
        ...makeTransfer(
          ...(['ERC-20 spend limit, also per period', 'transfer'] as const),
          ...([token, shop] as const),
        ),
        spendLimits: [{ ...limit, period, maxAmountPerPeriod: 10n ** 24n }],
      },
    ],
  }
}

function makeTransfer(
  name: string,
  functionName: 'transfer' | 'pay',
  token: Address,
  to: Address,
): Case {
  const args = [to, 10n ** 15n] as const
  const data = encodeFunctionData({ abi: tokenAbi, functionName, args })
  return {
    name,
    call: { to: token, value: 0n, data },
    permission: makePermission({
      to: token,
      signature: `${functionName}(address,uint256)`,
      maxCalls: 500_000,
    }),
  }
}

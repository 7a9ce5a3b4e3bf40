import {
  type Address,
  concat,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  parseAbi,
  parseEventLogs,
  type TransactionReceipt,
} from 'viem'
import {
  entryPoint08Abi,
  entryPoint08Address,
  getUserOperationHash,
  toPackedUserOperation,
  type UserOperation,
} from 'viem/account-abstraction'
import type { PrivateKeyAccount } from 'viem/accounts'
import { deterministicDeployer } from '@/lib/contracts/addresses'
import { type Chain, send } from '../chain'
import type { Game } from '../measure'
import { readArtifact } from './deploy-bytecode'

/** Salt of the canonical deployments of EntryPoint 0.8. */
const salt: Hex =
  '0x0a59dbff790c23c976a548690c27297883cc66b4c67024f9117b0238995e35e9'

const accountAbi = parseAbi([
  'function execute(address target, uint256 value, bytes data)',
  'struct Call { address target; uint256 value; bytes data; }',
  'function executeBatch(Call[] calls)',
])

/** An ERC-4337 account whose owner signs every operation. */
export type OperationAccount = {
  owner: PrivateKeyAccount
  address: Address
  /** Nonce of the next operation, of key 0. */
  sequence: bigint
  /** Creates the account in its first operation; none if it is there. */
  creation?: { factory: Address; factoryData: Hex }
}

/**
 * EntryPoint 0.8 as published, by the deterministic deployer and its salt: so
 * it is at its canonical address, which Simple7702Account has in its code.
 */
export async function deployEntryPoint(chain: Chain): Promise<void> {
  const { bytecode } = readArtifact('EntryPoint')
  const data = concat([salt, bytecode])
  await send(chain, { to: deterministicDeployer, data })
  if (!(await chain.getCode({ address: entryPoint08Address })))
    throw new Error(`no EntryPoint at ${entryPoint08Address}`)
}

/** Pays a deposit of one ether for each account's operations. */
export async function makeDeposits(
  chain: Chain,
  accounts: readonly OperationAccount[],
): Promise<void> {
  for (const { address } of accounts) {
    const data = encodeFunctionData({
      abi: entryPoint08Abi,
      functionName: 'depositTo',
      args: [address],
    })
    await send(chain, { to: entryPoint08Address, data, value: 10n ** 18n })
  }
}

function encodeMoves({ address, moveData }: Game, moves: number): Hex {
  if (moves === 1)
    return encodeFunctionData({
      abi: accountAbi,
      functionName: 'execute',
      args: [address, 0n, moveData],
    })
  const call = { target: address, value: 0n, data: moveData }
  return encodeFunctionData({
    abi: accountAbi,
    functionName: 'executeBatch',
    args: [Array.from({ length: moves }, () => call)],
  })
}

/** The account's next operation, signed: `moves` moves of the game. */
async function makeOperation(
  chain: Chain,
  account: OperationAccount,
  game: Game,
  moves: number,
) {
  const unsigned: UserOperation<'0.8'> = {
    sender: account.address,
    nonce: account.sequence++,
    ...account.creation,
    callData: encodeMoves(game, moves),
    callGasLimit: 60_000n * BigInt(moves),
    verificationGasLimit: account.creation ? 400_000n : 100_000n,
    preVerificationGas: 50_000n,
    maxFeePerGas: 2_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
    signature: '0x',
  }
  const hash = getUserOperationHash({
    chainId: chain.chain.id,
    entryPointAddress: entryPoint08Address,
    entryPointVersion: '0.8',
    userOperation: unsigned,
  })
  const signature = await account.owner.sign({ hash })
  delete account.creation
  return toPackedUserOperation({ ...unsigned, signature })
}

/**
 * One bundle with an operation of each account, paid from their deposits.
 * @throws unless every operation succeeded.
 */
export async function playOperations(
  chain: Chain,
  accounts: readonly OperationAccount[],
  game: Game,
  movesEach = 1,
): Promise<TransactionReceipt> {
  const operations = []
  for (const account of accounts)
    operations.push(await makeOperation(chain, account, game, movesEach))
  const data = encodeFunctionData({
    abi: entryPoint08Abi,
    functionName: 'handleOps',
    args: [operations, chain.account.address],
  })
  const receipt = await send(chain, { to: entryPoint08Address, data })
  const successes = parseEventLogs({
    abi: entryPoint08Abi,
    eventName: 'UserOperationEvent',
    logs: receipt.logs,
  }).filter(
    ({ address, args }) =>
      isAddressEqual(address, entryPoint08Address) && args.success,
  )
  if (successes.length !== accounts.length)
    throw new Error(`${successes.length} of ${accounts.length} succeeded`)
  return receipt
}

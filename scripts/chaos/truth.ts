import {
  type Address,
  BlockNotFoundError,
  type Hex,
  TransactionNotFoundError,
} from 'viem'
import { delveAddress, sessionManagerAddress } from '@/lib/contracts/addresses'
import { delveAbi } from '@/lib/contracts/generated/delve'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { ChainClient } from '@/lib/server/chain/chain-client'
import { parseLogs, type RawLog } from '@/lib/server/mirror/parse-logs'
import { inParallel } from './in-parallel'

/** An execution as the chain tells it. */
export type Execution = {
  sessionId: Hex
  lane: number
  sequence: number
  isSuccess: boolean
  txHash: Hex
  blockNumber: bigint
  logIndex: number
}

/** All that the chain says about what players did; nothing here comes from the database. */
export type Truth = {
  executions: Execution[]
  /** Call data of each transaction that executed something. */
  inputs: Map<Hex, string>
  /** Where each session was revoked. */
  revocations: Map<Hex, { blockNumber: bigint; logIndex: number }>
  /** What the node should have and has not, one sentence each. It cannot be judged what happened there. */
  missing: string[]
  /** Dearest fee per gas that any transaction of the relay was ready to pay, in wei. */
  highestFeeWei: bigint
}

/** Reads everything from block 0. @param payers Addresses of the relay's keys. */
export async function readTruth(
  client: ChainClient,
  payers: readonly Address[],
): Promise<Truth> {
  const logs = (await client.getLogs({
    address: sessionManagerAddress,
    fromBlock: 0n,
    toBlock: 'latest',
  })) as RawLog[]
  const events = parseLogs(logs, sessionManagerAddress)
  const executions = events.flatMap((event): Execution[] =>
    event.name === 'IntentExecuted'
      ? [
          {
            ...{ sessionId: event.subject, ...event.outcome },
            ...{ txHash: event.txHash, blockNumber: event.blockNumber },
            logIndex: event.logIndex,
          },
        ]
      : [],
  )
  const hashes = [...new Set(executions.map(({ txHash }) => txHash))]
  const missing: string[] = []
  const inputs = new Map<Hex, string>()
  await inParallel(hashes, async (hash) => {
    const transaction = await client
      .getTransaction({ hash })
      .catch(nullIf(TransactionNotFoundError))
    if (transaction) inputs.set(hash, transaction.input)
    else missing.push(`transaction ${hash} has logs, and is not there`)
  })
  const revocations = new Map(
    events
      .filter(({ name }) => name === 'SessionRevoked')
      .map(({ subject, blockNumber, logIndex }) => [
        subject,
        { blockNumber, logIndex },
      ]),
  )
  const highestFeeWei = await readHighestFee(client, payers, missing)
  return { executions, inputs, revocations, missing, highestFeeWei }
}

async function readHighestFee(
  client: ChainClient,
  payers: readonly Address[],
  missing: string[],
): Promise<bigint> {
  const own = new Set(payers.map((address) => address.toLowerCase()))
  const last = Number(await client.getBlockNumber())
  const numbers = Array.from({ length: last + 1 }, (_, number) => number)
  const fees = await inParallel(numbers, async (number) => {
    const block = await client
      .getBlock({ blockNumber: BigInt(number), includeTransactions: true })
      .catch(nullIf(BlockNotFoundError))
    if (!block) missing.push(`block ${number} of ${last} is not there`)
    return (block?.transactions ?? [])
      .filter(({ from }) => own.has(from.toLowerCase()))
      .map(({ maxFeePerGas }) => maxFeePerGas ?? 0n)
  })
  const [highest = 0n] = fees.flat().sort((a, b) => (a < b ? 1 : -1))
  return highest
}

/** To catch what was asked for and is not there. */
function nullIf(absence: new (...args: never[]) => Error) {
  return (error: unknown) => {
    if (error instanceof absence) return null
    throw error
  }
}

/** A session as the chain has it. */
export function readSession(client: ChainClient, sessionId: Hex) {
  return client.readContract({
    ...{ address: sessionManagerAddress, abi: sessionManagerAbi },
    ...{ functionName: 'sessionOf', args: [sessionId] },
  })
}

/** Steps that an account has walked in Delve. */
export async function readMoves(
  client: ChainClient,
  account: Address,
): Promise<number> {
  const player = await client.readContract({
    ...{ address: delveAddress, abi: delveAbi },
    ...{ functionName: 'playerOf', args: [account] },
  })
  return player.moves
}

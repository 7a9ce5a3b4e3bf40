import {
  type Address,
  createTestClient,
  http,
  publicActions,
  walletActions,
} from 'viem'
import { foundry } from 'viem/chains'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { delveAddress as address } from '@/lib/contracts/addresses'
import { delveAbi as abi } from '@/lib/contracts/generated/delve'
import { type Anvil, startAnvil } from '@/scripts/stack/anvil'
import { findFreePort } from '@/scripts/stack/child'
import { deployContracts } from '@/scripts/stack/deploy'
import {
  applyMove,
  DELVE_WALLS,
  type DelveMove,
  type DelveState,
  type Direction,
  directions,
  gemsOfTide,
  relicPrices,
  TIDE_SECONDS,
} from './delve-rules'
import {
  boardAt,
  readBoard,
  readPlayer,
  readRecentPlayers,
  readRelics,
} from './read-delve'

const connect = (url: string) =>
  createTestClient({ mode: 'anvil', chain: foundry, transport: http(url) })
    .extend(publicActions)
    .extend(walletActions)

let anvil: Anvil
let client: ReturnType<typeof connect>
let player: Address

beforeAll(async () => {
  anvil = await startAnvil({ port: await findFreePort() })
  await deployContracts(anvil.url)
  client = connect(anvil.url)
  const [first] = await client.getAddresses()
  if (!first) throw new Error('Anvil has no accounts')
  player = first
})

afterAll(async () => {
  await anvil?.child.stop()
})

/** Sends a move and waits until it is mined. @throws the contract's error */
async function send(move: DelveMove): Promise<void> {
  const contract = { address, abi, account: player } as const
  const { request } =
    move.kind === 'step'
      ? await client.simulateContract({
          ...contract,
          functionName: 'move',
          args: [move.direction],
        })
      : await client.simulateContract({
          ...contract,
          functionName: 'mint',
          args: [BigInt(move.relicId)],
        })
  const hash = await client.writeContract(
    request as Parameters<typeof client.writeContract>[0],
  )
  await client.waitForTransactionReceipt({ hash, pollingInterval: 10 })
}

/** Direction of a gem one step away, if there is one. */
const towardsGem = (state: DelveState) =>
  Object.values(directions).find((direction) => {
    const next = applyMove(state, { kind: 'step', direction })
    return next && next.gems > state.gems
  })

async function readState(): Promise<DelveState> {
  const [state, board, relics] = await Promise.all([
    readPlayer(client, address, player),
    readBoard(client, address),
    readRelics(client, address, player),
  ])
  return { ...state, relics, board: board.gems }
}

describe('delve rules against the contract', () => {
  test('behavior: walls, prices and tides are those of the contract', async () => {
    const read = { address, abi } as const
    expect(await client.readContract({ ...read, functionName: 'WALLS' })).toBe(
      DELVE_WALLS,
    )
    expect(
      await client.readContract({ ...read, functionName: 'prices' }),
    ).toEqual([...relicPrices])
    for (const tide of [0n, 1n, 29_000_000n, 2n ** 63n]) {
      const gems = await client.readContract({
        ...read,
        functionName: 'gemsOf',
        args: [tide],
      })
      expect(gemsOfTide(tide)).toBe(gems)
    }
  })

  test('behavior: a random walk ends where it was predicted, with the gems predicted', async () => {
    // A fixed tide: the same gems, and so the same walk, in every run.
    const tide = 60_000_000
    await client.setNextBlockTimestamp({
      timestamp: BigInt(tide * TIDE_SECONDS),
    })
    await client.mine({ blocks: 1 })
    await client.setBlockTimestampInterval({ interval: 0 })
    expect(boardAt(await readBoard(client, address), tide * 60)).toBe(
      gemsOfTide(BigInt(tide)),
    )

    let state = await readState()
    let seed = 7
    for (let step = 0; step < 90; step++) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      const direction = towardsGem(state) ?? (((seed >>> 16) % 4) as Direction)
      const move = { kind: 'step', direction } as const
      const next = applyMove(state, move)
      if (!next) {
        await expect(send(move)).rejects.toThrow(/WallAhead/)
        continue
      }
      await send(move)
      state = next
      expect(await readState()).toEqual(state)
    }
    expect(await readRecentPlayers(client, address)).toEqual([
      { account: player, x: state.x, y: state.y },
    ])
  })

  test('behavior: a mint costs what was predicted; too dear a relic reverts', async () => {
    const state = await readState()
    const cheap = { kind: 'mint', relicId: 0 } as const
    const predicted = applyMove(state, cheap)
    expect(predicted?.relics[0]).toBe(1)
    await send(cheap)
    expect(await readState()).toEqual(predicted)
    const dear = { kind: 'mint', relicId: 7 } as const
    expect(applyMove(state, dear)).toBeNull()
    await expect(send(dear)).rejects.toThrow(/NotEnoughGems/)
  })
})

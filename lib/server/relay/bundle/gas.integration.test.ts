import {
  type Address,
  encodeFunctionData,
  type Hex,
  size,
  zeroHash,
} from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Call } from '@/lib/intent/intent'
import {
  connectTestChain,
  grantOf,
  manager,
  type Player,
  signIntent,
  type TestChain,
} from '@/lib/intent/test/chain'
import { compileTerms } from '@/lib/permission/compile-terms'
import { encodeTable } from '@/lib/permission/encode-table'
import { encodeTerms } from '@/lib/permission/encode-terms'
import { encodeCall } from '@/lib/permission/function-signature'
import { makePermission } from '@/lib/permission/permission'
import { makeTerms, type SpendLimit, type Terms } from '@/lib/permission/terms'
import { type Anvil, startAnvil } from '@/scripts/stack/anvil'
import { findFreePort } from '@/scripts/stack/child'
import { deployContracts } from '@/scripts/stack/deploy'
import { localAccounts } from '@/scripts/stack/keys'
import { parseLogs, type RawLog } from '../../mirror/parse-logs'
import { gasOfGrant } from '../../session/gas-of-grant'
import { measureTerms } from '../../session/measure-terms'
import { tableColumnsOf } from '../../session/table-columns'
import { packBundle } from './pack-bundle'
import type { QueuedIntent } from './read-queue'
import { toSections } from './to-sections'

let anvil: Anvil
let chain: TestChain
let sink: Address
let tokens: Address[]

beforeAll(async () => {
  anvil = await startAnvil({ port: await findFreePort() })
  await deployContracts(anvil.url)
  chain = connectTestChain(anvil.url, localAccounts.deployer)
  sink = await chain.deploySink()
  tokens = []
  for (const _ of [1, 2, 3, 4]) tokens.push(await chain.deployZeroToken())
})
afterAll(async () => {
  await anvil?.child.stop()
})

const PLAY = 'play(uint256,uint256,uint256,uint256,uint256,uint256,uint256)'
const APPROVE = 'approve(address,uint256)'
const odd = Array.from({ length: 16 }, (_, index) => 2 * index + 1)

function spendLimit(token: Address): SpendLimit {
  return { token, maxAmount: 1_000n, period: 60, maxAmountPerPeriod: 1_000n }
}

type Shape = { terms: Terms; calls: Call[] }

const shapes: Record<string, () => Shape> = {
  'one call': () => ({
    terms: makeTerms([
      makePermission({ to: sink, signature: 'play()', maxCalls: 9 }),
    ]),
    calls: [{ to: sink, value: 0n, data: encodeCall('play()', []) }],
  }),
  'the most calls, with the longest rules': () => ({
    terms: makeTerms([
      makePermission({
        ...{ to: sink, signature: PLAY, maxCalls: 99 },
        rules: odd
          .slice(0, 7)
          .map((_, word) => `arg${word} in {${odd.join(', ')}}`),
      }),
    ]),
    calls: Array.from({ length: 32 }, () => ({
      ...{ to: sink, value: 0n },
      data: encodeCall(PLAY, new Array(7).fill(31)),
    })),
  }),
  'every meter': () => ({
    terms: makeTerms([
      makePermission({
        ...{ to: sink, signature: PLAY, maxCalls: 99, period: 60 },
        ...{ maxCallsPerPeriod: 99, maxValuePerCall: 1n, maxValue: 9n },
        maxValuePerPeriod: 9n,
        rules: odd
          .slice(0, 7)
          .map((_, word) => `sum(arg${word}) <= 9999 and <= 9999 per period`),
      }),
    ]),
    calls: Array.from({ length: 9 }, () => ({
      ...{ to: sink, value: 0n },
      data: encodeCall(PLAY, new Array(7).fill(31)),
    })),
  }),
  'the most tokens and approvals': () => ({
    terms: makeTerms(
      tokens.map((to) =>
        makePermission({ to, signature: APPROVE, maxCalls: 99 }),
      ),
      tokens.map(spendLimit),
    ),
    calls: [...tokens, ...tokens].map((to, index) => ({
      ...{ to, value: 0n },
      data: encodeCall(APPROVE, [tokens[index % 3] as Address, 10]),
    })),
  }),
}

/** Two moves of a player as they stand in the queue, the first with the grant. */
async function queueOf(
  player: Player,
  calls: Call[],
  policyTable: Hex | null,
): Promise<{ grants: Map<Hex, Hex>; queue: QueuedIntent[] }> {
  const { session, sessionId } = player
  const { account, policyId, epoch, key, terms } = session
  const table = encodeTable(terms)
  const callGas = 20_000 + 12_000 * calls.length
  const expiry = (await chain.chainSeconds()) + 120
  const grant = grantOf(player, policyTable)
  const own = policyTable && { terms, table, policyTable }
  const needed = gasOfGrant({
    ...{ isForeign: false, answersInCode: false, ended: 0 },
    entries: terms.permissions.length,
    ownTermsGas: own && (await measureTerms(chain.client, own)),
  })
  const queue = await Promise.all(
    [0, 1].map(
      async (sequence): Promise<QueuedIntent> => ({
        ...{ id: '0x', sessionId, account, policyId, epoch, key, table },
        ...{ lane: 0, sequence, callGas, expiry, suspicion: 0 },
        ...{ calls: calls.length, gas: 0, obstacle: null },
        packed: await signIntent(player, {
          ...{ calls, sequence, expiry, callGas },
        }),
        meters: tableColumnsOf(compileTerms(terms)).meterIndexes.length,
        grant: sequence === 0 ? { size: size(grant), ...needed } : null,
      }),
    ),
  )
  return { grants: new Map([[sessionId, grant]]), queue }
}

/** Sends what is chosen, with the gas that is brought for it. */
async function send(intents: QueuedIntent[], grants: Map<Hex, Hex>) {
  const bundle = packBundle(intents)
  expect(bundle.intents).toHaveLength(intents.length)
  const carried = intents.some(({ grant }) => grant) ? grants : new Map()
  const hash = await chain.client.writeContract({
    ...{ ...manager, chain: null, functionName: 'execute' },
    ...{ args: [toSections(intents, carried)], gas: bundle.gas },
  })
  const { status, logs, gasUsed } = await chain.receiptOf(hash)
  expect(status).toBe('success')
  const events = parseLogs(logs as RawLog[], manager.address)
  expect(
    events.map((event) =>
      event.name === 'IntentExecuted' ? event.outcome : event.name,
    ),
  ).toMatchObject(
    intents.flatMap(({ grant }) => [
      ...(grant ? ['SessionGranted'] : []),
      { isSuccess: true },
    ]),
  )
  return { gas: bundle.gas, gasUsed }
}

test.each(Object.keys(shapes))(
  'security: the gas that is brought is enough for a session with %s, and for a move without it',
  async (name) => {
    const { terms, calls } = (shapes[name] as () => Shape)()
    const player = await chain.createPlayer(terms)
    const { queue, grants } = await queueOf(player, calls, '0x')
    for (const intent of queue) {
      const { gas, gasUsed } = await send([intent], grants)
      expect(gas).toBeLessThan(16_777_216n)
      // In a bundle of many, each must get by with its own part: what is brought once for all stays untouched.
      const reserve = BigInt(intent.grant?.reserve ?? 0)
      expect(gas - gasUsed).toBeGreaterThan(reserve)
    }
    const record = await chain.client.readContract({
      ...{ ...manager, functionName: 'sessionOf', args: [player.sessionId] },
    })
    expect(record.nextSequence).toBe(2)
  },
)

/** Least gas with which the chain takes these, by halving. */
async function leastGas(
  intents: QueuedIntent[],
  grants: Map<Hex, Hex>,
): Promise<bigint> {
  const data = encodeFunctionData({
    ...{ abi: manager.abi, functionName: 'execute' },
    args: [toSections(intents, grants)],
  })
  let [low, high] = [21_000n, 16_000_000n]
  while (low + 1n < high) {
    const gas = (low + high) / 2n
    const isEnough = await chain.client
      .call({ to: manager.address, data, gas })
      .then(
        () => true,
        () => false,
      )
    if (isEnough) high = gas
    else low = gas
  }
  return high
}

test('behavior: a grant of a policy’s terms brings what it needs and little more, one with its own what the compiler may ask for', async () => {
  const { terms, calls } = (shapes['one call'] as () => Shape)()
  const encoded = encodeTerms(terms)
  const publish = {
    ...manager,
    functionName: 'publish',
    args: [localAccounts.deployer.address, [], 86_400, zeroHash, encoded],
  } as const
  const { result: policyId } = await chain.client.simulateContract(publish)
  await chain.receiptOf(
    await chain.client.writeContract({ ...publish, chain: null }),
  )
  const enough: bigint[] = []
  for (const policyTable of [null, encodeTable(terms)]) {
    const player = await chain.createPlayer(terms, { policyId })
    const { queue, grants } = await queueOf(player, calls, policyTable)
    const [first] = queue
    if (!first) throw new Error('nothing is queued')
    const least = await leastGas([first], grants)
    const { gas } = await send([first], grants)
    expect(gas).toBeGreaterThanOrEqual(least)
    expect(gas - least).toBeLessThan(500_000n)
    enough.push(gas)
  }
  expect(enough[0]).toBeLessThan(1_200_000n)
  expect(enough[1]).toBeGreaterThan(3_200_000n)
})

// Guarantee: grants of a bundle share what none of them uses up, however many there are.
test('security: the gas that is brought is enough for many grants at once', async () => {
  const { terms, calls } = (shapes['every meter'] as () => Shape)()
  const parts = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const player = await chain.createPlayer(terms)
      return queueOf(player, calls, '0x')
    }),
  )
  const grants = new Map(parts.flatMap((part) => [...part.grants]))
  const first = parts.flatMap(({ queue }) => queue.slice(0, 1))
  const { gas, gasUsed } = await send(first, grants)
  expect(gas - gasUsed).toBeGreaterThan(3_143_750n)
})

test('error: terms that take the compiler more than the contract gives it', async () => {
  const big = Array.from({ length: 16 }, (_, at) => 10n ** 19n + BigInt(2 * at))
  const rule = (word: number) => `arg${word} in {${big.join(', ')}}`
  const terms = makeTerms(
    Array.from({ length: 8 }, (_, at) =>
      makePermission({
        ...{ to: sink, signature: `f${at}(uint256,uint256)`, maxCalls: 9 },
        rules: Array.from({ length: 8 }, (_, index) => rule(index % 2)),
      }),
    ),
  )
  const table = encodeTable(terms)
  const own = { terms, table, policyTable: '0x' } as const
  await expect(measureTerms(chain.client, own)).rejects.toMatchObject({
    ...{ code: 'terms_not_compiled', details: { maxGas: 3_000_000 } },
  })
})

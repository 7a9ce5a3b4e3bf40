import { type Address, type Hex, size } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Call } from '@/lib/intent/intent'
import {
  connectTestChain,
  grantOf,
  manager,
  signIntent,
  type TestChain,
} from '@/lib/intent/test/chain'
import { compileTerms } from '@/lib/permission/compile-terms'
import { encodeTable } from '@/lib/permission/encode-table'
import { encodeCall } from '@/lib/permission/function-signature'
import { makePermission } from '@/lib/permission/permission'
import { makeTerms, type SpendLimit, type Terms } from '@/lib/permission/terms'
import { type Anvil, startAnvil } from '@/scripts/stack/anvil'
import { findFreePort } from '@/scripts/stack/child'
import { deployContracts } from '@/scripts/stack/deploy'
import { localAccounts } from '@/scripts/stack/keys'
import { parseLogs, type RawLog } from '../mirror/parse-logs'
import { gasOfGrant } from '../session/derive-grant'
import { tableColumnsOf } from '../session/table-columns'
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

test.each(Object.keys(shapes))(
  'security: the gas that is brought is enough for a session with %s, and for a move without it',
  async (name) => {
    const { terms, calls } = (shapes[name] as () => Shape)()
    const player = await chain.createPlayer(terms)
    const { session, sessionId } = player
    const table = encodeTable(terms)
    const callGas = 20_000 + 12_000 * calls.length
    const expiry = (await chain.chainSeconds()) + 120
    const grant = grantOf(player)
    const queue = await Promise.all(
      [0, 1].map(async (sequence): Promise<QueuedIntent> => {
        const { account, policyId, epoch, key } = session
        return {
          ...{ id: '0x', sessionId, account, policyId, epoch, key, table },
          ...{ lane: 0, sequence, callGas, expiry, suspicion: 0 },
          calls: calls.length,
          packed: await signIntent(player, {
            ...{ calls, sequence, expiry, callGas },
          }),
          meters: tableColumnsOf(compileTerms(terms)).meterIndexes.length,
          grant:
            sequence === 0
              ? { size: size(grant), gas: gasOfGrant(true, 0) }
              : null,
          obstacle: null,
        }
      }),
    )
    for (const intent of queue) {
      const { intents, gas } = packBundle([intent])
      expect(gas).toBeLessThan(16_777_216n)
      const grants = new Map<Hex, Hex>(intent.grant ? [[sessionId, grant]] : [])
      const hash = await chain.client.writeContract({
        ...{ ...manager, chain: null, functionName: 'execute' },
        ...{ args: [toSections(intents, grants)], gas },
      })
      const { status, logs, gasUsed } = await chain.receiptOf(hash)
      expect(status).toBe('success')
      const events = parseLogs(logs as RawLog[], manager.address)
      expect(
        events.map((event) =>
          event.name === 'IntentExecuted' ? event.outcome : event.name,
        ),
      ).toMatchObject([
        ...(intent.grant ? ['SessionGranted'] : []),
        { isSuccess: true },
      ])
      // In a bundle of many, each must get by with its own part: what is brought once for all stays untouched.
      expect(gas - gasUsed).toBeGreaterThan(1_200_000n)
    }
    const record = await chain.client.readContract({
      ...{ ...manager, functionName: 'sessionOf', args: [sessionId] },
    })
    expect(record.nextSequence).toBe(2)
  },
)

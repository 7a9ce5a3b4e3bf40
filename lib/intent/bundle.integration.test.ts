import fc from 'fast-check'
import { type Address, type Hex, keccak256, maxUint256, zeroHash } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  delveAddress,
  playerAccountFactoryAddress,
} from '@/lib/contracts/addresses'
import { delveAbi } from '@/lib/contracts/generated/delve'
import { playerAccountFactoryAbi } from '@/lib/contracts/generated/player-account-factory'
import { type Anvil, startAnvil } from '@/scripts/stack/anvil'
import { findFreePort } from '@/scripts/stack/child'
import { deployContracts } from '@/scripts/stack/deploy'
import { localAccounts } from '@/scripts/stack/keys'
import { compileTerms } from '../permission/compile-terms'
import { encodeTable, tableHashOf } from '../permission/encode-table'
import { encodeTerms } from '../permission/encode-terms'
import { encodeCall } from '../permission/function-signature'
import { hashTerms } from '../permission/hash-terms'
import { makePermission, type Permission } from '../permission/permission'
import { makeTerms, type Terms } from '../permission/terms'
import { computePolicyId } from '../policy/policy-id'
import { codeOfContractError } from '../session/contract-error'
import { evaluateGrant } from '../session/evaluate-grant'
import { hashRevocation } from '../session/revocation-typed-data'
import type { Session } from '../session/session'
import { schemeIds } from '../session/session-id'
import {
  hashSession,
  sessionTypedData,
  structHashOfSession,
  toSessionMessage,
} from '../session/session-typed-data'
import { emptyUsage } from '../session/session-usage'
import { hashSessions, sessionsTypedData } from '../session/sessions-typed-data'
import { decodeOutcome, decodeRejection } from './decode-outcome'
import { encodeSections } from './encode-bundle'
import { evaluateIntent } from './evaluate-intent'
import type { Call, Intent } from './intent'
import { hashIntent } from './intent-typed-data'
import {
  connectTestChain,
  domain,
  grantOf,
  idOf,
  manager,
  type Player,
  p256Signer,
  secp256k1Signer,
  sectionOf,
  signIntent,
  type TestChain,
} from './test/chain'

const move = makePermission({
  ...{ to: delveAddress, signature: 'move(uint8)', maxCalls: 500 },
  rules: ['arg0 <= 3'],
})
const moves = makeTerms([move])
const relayer = localAccounts.deployer

let anvil: Anvil
let chain: TestChain
/** Takes any call and any value. */
let sink: Address

beforeAll(async () => {
  anvil = await startAnvil({ port: await findFreePort() })
  await deployContracts(anvil.url)
  chain = connectTestChain(anvil.url, localAccounts.deployer)
  sink = await chain.deploySink()
})
afterAll(async () => {
  await anvil?.child.stop()
})

const walk = (direction: number): Call => ({
  to: delveAddress,
  value: 0n,
  data: encodeCall(move.signature, [direction]),
})

/** First direction without a wall, for a player who has not moved. */
async function openDirection({ session }: Player): Promise<number> {
  for (const direction of [0, 1, 2, 3]) {
    const isOpen = await chain.client
      .simulateContract({
        address: delveAddress,
        abi: delveAbi,
        functionName: 'move',
        args: [direction],
        account: session.account,
      })
      .then(
        () => true,
        () => false,
      )
    if (isOpen) return direction
  }
  throw new Error('walled in')
}

async function expirySoon(): Promise<number> {
  return (await chain.chainSeconds()) + 120
}

/** Publishes a policy. */
async function publish(terms: Terms, documentHash: Hex): Promise<Hex> {
  const encoded = encodeTerms(terms)
  const args = [relayer.address, [], 86_400, documentHash, encoded] as const
  const call = { ...manager, functionName: 'publish', args } as const
  const { result } = await chain.client.simulateContract(call)
  const hash = await chain.client.writeContract({ ...call, chain: null })
  await chain.receiptOf(hash)
  return result
}

/** Code of the error with which a grant was refused, or `granted`, or `unchanged`. */
function answerOf(logs: Awaited<ReturnType<TestChain['execute']>>): string {
  const [log] = logs
  if (log === undefined) return 'unchanged'
  if (log.eventName === 'SessionGranted') return 'granted'
  if (log.eventName !== 'GrantRejected') throw new Error(log.eventName)
  return codeOfContractError(log.args.reason) ?? log.args.reason
}

describe('hashes agree with the contract', () => {
  const terms = makeTerms(
    [
      move,
      makePermission({
        ...{ to: delveAddress, signature: 'mint(uint256)', maxCalls: 524_287 },
        ...{ maxValuePerCall: 7n, maxValue: 2n ** 112n - 1n, period: 60 },
        ...{ maxCallsPerPeriod: 3, maxValuePerPeriod: 7n },
      }),
    ],
    [
      {
        ...{ token: delveAddress, maxAmount: 9n },
        ...{ period: 60, maxAmountPerPeriod: 1n },
      },
    ],
  )

  test('behavior: policy id', async () => {
    const identity = {
      owner: relayer.address,
      revokers: [sink, delveAddress],
      maxDurationSeconds: 86_400,
      termsHash: hashTerms(terms),
      documentHash: keccak256('0x1234'),
    }
    const { result } = await chain.client.simulateContract({
      ...manager,
      functionName: 'publish',
      args: [
        identity.owner,
        identity.revokers,
        identity.maxDurationSeconds,
        identity.documentHash,
        encodeTerms(terms),
      ],
    })
    expect(computePolicyId(identity)).toBe(result)
  })

  test('behavior: session, batch, id, intent, revocation and account', async () => {
    const read = chain.client.readContract
    for (const signer of [p256Signer(), secp256k1Signer()]) {
      const player = await chain.createPlayer(terms, { signer })
      const { session, sessionId, grant } = player
      const { account } = session
      const message = toSessionMessage(session)
      expect(
        await read({
          address: playerAccountFactoryAddress,
          abi: playerAccountFactoryAbi,
          functionName: 'getAddress',
          args: [grant.owner],
        }),
      ).toBe(account)
      expect(
        await read({
          ...manager,
          functionName: 'hashSession',
          args: [message, hashTerms(terms)],
        }),
      ).toBe(hashSession({ session, ...domain }))
      const batch = { sessions: [session, session], ended: [sessionId] }
      expect(
        await read({
          ...manager,
          functionName: 'hashSessions',
          args: [
            [message, message],
            [hashTerms(terms), hashTerms(terms)],
            [sessionId],
          ],
        }),
      ).toBe(hashSessions({ ...batch, ...domain }))
      const identity = { ...message, tableHash: tableHashOf(terms) }
      expect(
        await read({
          ...manager,
          functionName: 'sessionIdOf',
          args: [identity],
        }),
      ).toBe(sessionId)
      expect(
        await read({
          ...manager,
          functionName: 'hashRevocation',
          args: [account, sessionId],
        }),
      ).toBe(hashRevocation({ account, sessionId, ...domain }))
      const intent: Intent = {
        ...{ account, sessionId, lane: 3, sequence: 9, callGas: 123_456 },
        expiry: session.validUntil,
        calls: [walk(1), { to: sink, value: maxUint256, data: '0x' }],
      }
      expect(
        await read({ ...manager, functionName: 'hashIntent', args: [intent] }),
      ).toBe(hashIntent({ intent, ...domain }))
    }
  })
})

describe('execute', () => {
  test('behavior: one transaction deploys, enables and moves, for two kinds of keys and a policy', async () => {
    const policyId = await publish(moves, keccak256('0x01'))
    const first = await chain.createPlayer(moves, { policyId })
    const signer = secp256k1Signer()
    const second = await chain.createPlayer(moves, { signer })
    const players = [first, second]
    const sections = await Promise.all(
      players.map(async (player) => {
        const calls = [walk(await openDirection(player))]
        const expiry = await expirySoon()
        const intent = await signIntent(player, { calls, expiry })
        const { session } = player
        const item = { ...session, grant: grantOf(player), intent }
        const table = encodeTable(moves)
        return { policyId: session.policyId, table, items: [item] }
      }),
    )
    const logs = await chain.execute(encodeSections(sections))
    const executed = logs.filter((log) => log.eventName === 'IntentExecuted')
    expect(executed.map(({ args }) => args.sessionId)).toEqual(
      players.map(({ sessionId }) => sessionId),
    )
    for (const { args } of executed) {
      expect(decodeOutcome(args.outcome)).toEqual({
        ...{ lane: 0, sequence: 0, isSuccess: true, revertSelector: null },
        counters: [1, 0, 0, 0, 0, 0, 0, 0],
      })
    }
    for (const { session } of players) {
      const { joined } = await chain.client.readContract({
        address: delveAddress,
        abi: delveAbi,
        functionName: 'playerOf',
        args: [session.account],
      })
      expect(joined).toBe(true)
    }
  })

  test('error: what is rejected and what reverts, told apart', async () => {
    // Without the rule, so that the game can refuse a step.
    const terms = makeTerms([{ ...move, rules: [] }])
    const player = await chain.createPlayer(terms)
    const stranger = await chain.createPlayer(terms)
    const direction = await openDirection(player)
    const expiry = await expirySoon()
    const sign = (signer: Player, calls: Call[], sequence = 0) =>
      signIntent(signer, { calls, sequence, expiry })
    const logs = await chain.execute(
      sectionOf(player, {
        grant: grantOf(player),
        intents: [
          await sign({ ...player, signer: stranger.signer }, [walk(direction)]),
          await sign(player, [walk(9)]),
          await sign(player, [walk(direction)], 5),
          await sign(player, [walk(direction)], 1),
        ],
      }),
    )
    const foreign = await chain.execute(
      sectionOf(stranger, { intents: [await sign(stranger, [walk(0)])] }),
    )
    const told = [...logs, ...foreign].flatMap((log): unknown[] => {
      if (log.eventName === 'IntentExecuted') {
        const { sequence, isSuccess, counters } = decodeOutcome(
          log.args.outcome,
        )
        return [[sequence, isSuccess, counters[0]]]
      }
      if (log.eventName !== 'IntentRejected') return []
      const { sequence, reasonSelector } = decodeRejection(log.args.detail)
      return [[sequence, codeOfContractError(reasonSelector)]]
    })
    expect(told).toEqual([
      [0, 'invalid_signature'],
      [0, false, 0],
      [5, 'sequence_ahead'],
      [1, true, 1],
      [0, 'session_unknown'],
    ])
  })

  test('error: a grant that is not the owner’s is refused alone', async () => {
    const player = await chain.createPlayer(moves)
    const other = await chain.createPlayer(moves)
    const forged = { ...player.grant, signature: other.grant.signature }
    const items = [
      { ...player.session, grant: grantOf({ grant: forged }) },
      { ...other.session, grant: grantOf(other) },
    ]
    const table = encodeTable(moves)
    const logs = await chain.execute(
      encodeSections([{ policyId: zeroHash, table, items }]),
    )
    expect(logs.map((log) => answerOf([log]))).toEqual([
      'invalid_signature',
      'granted',
    ])
    expect(
      logs.map(({ args }) => 'sessionId' in args && args.sessionId),
    ).toEqual([player.sessionId, other.sessionId])
  })

  test('behavior: own terms must be within the policy’s', async () => {
    const policyId = await publish(moves, keccak256('0x02'))
    const answers: string[] = []
    for (const change of [
      { maxCalls: 3, rules: ['arg0 in {1, 2}', 'arg0 != 1'] },
      { maxCalls: 501 },
      { rules: [] },
    ] satisfies Partial<Permission>[]) {
      const terms = makeTerms([{ ...move, ...change }])
      const player = await chain.createPlayer(terms, { policyId })
      const grant = grantOf(player, encodeTable(moves))
      answers.push(answerOf(await chain.execute(sectionOf(player, { grant }))))
    }
    expect(answers).toEqual([
      ...['granted', 'wider_than_policy', 'wider_than_policy'],
    ])
  })
})

describe('batches', () => {
  test('behavior: one signature starts two sessions and ends a third', async () => {
    const player = await chain.createPlayer(moves)
    const { wallet, session: old, grant } = player
    await chain.execute(sectionOf(player, { grant: grantOf(player) }))
    const sessions = [p256Signer(), secp256k1Signer()].map(
      ({ key }): Session => ({ ...old, key }),
    )
    const signature = await wallet.signTypedData(
      sessionsTypedData({ sessions, ended: [player.sessionId], ...domain }),
    )
    const { policyId, epoch, key } = old
    const ended = [{ policyId, epoch, key, tableHash: tableHashOf(moves) }]
    const items = sessions.map((session, position) => {
      const otherHashes = sessions
        .filter((other) => other !== session)
        .map(structHashOfSession)
      const batch = { position, otherHashes, ended }
      const signed = { ...grant, session, signature, batch }
      return { ...session, grant: grantOf({ grant: signed }) }
    })
    const table = encodeTable(moves)
    const logs = await chain.execute(
      encodeSections([{ policyId: zeroHash, table, items }]),
    )
    const told = logs.map((log) => [
      log.eventName,
      'sessionId' in log.args && log.args.sessionId,
    ])
    const [first, second] = sessions.map(idOf)
    expect(told).toEqual([
      ['SessionGranted', first],
      ['SessionRevoked', player.sessionId],
      ['SessionGranted', second],
    ])
    const expiry = await expirySoon()
    const intent = await signIntent(player, { calls: [walk(0)], expiry })
    const [late] = await chain.execute(sectionOf(player, { intents: [intent] }))
    if (late?.eventName !== 'IntentRejected') throw new Error('not rejected')
    const { reasonSelector } = decodeRejection(late.args.detail)
    expect(codeOfContractError(reasonSelector)).toBe('session_revoked')
  })
})

describe('evaluateGrant', () => {
  test('behavior: says what the contract says, over generated renewals', async () => {
    const near = fc.constantFrom(-1, 0, 1)
    const stepArbitrary = fc.record({
      startsAt: fc.constantFrom(0, 0, 0, 1, -1),
      endsAt: fc.oneof(
        near.map((offset) => ({ from: 'end' as const, offset })),
        fc
          .tuple(fc.constantFrom(0, 30, 2_592_000), near)
          .map(([far, offset]) => ({
            ...{ from: 'now' as const, offset: far + offset },
          })),
      ),
      deadlineIn: fc.constantFrom(0, 1, 900, 900, 900),
      waitSeconds: fc.constantFrom(1, 1, 20, 100),
    })
    const property = fc.asyncProperty(
      fc.array(stepArbitrary, { minLength: 1, maxLength: 6 }),
      async (steps) => {
        const signer = secp256k1Signer()
        const player = await chain.createPlayer(moves, { signer, seconds: 60 })
        const { wallet, sessionId } = player
        let { validAfter, validUntil } = player.session
        let status: 'none' | 'active' = 'none'
        let now = await chain.chainSeconds()
        for (const step of steps) {
          now += step.waitSeconds
          const session: Session = {
            ...player.session,
            validAfter: validAfter + step.startsAt,
            validUntil:
              step.endsAt.offset +
              (step.endsAt.from === 'now' ? now : validUntil),
            grantDeadline: now + step.deadlineIn,
          }
          const signature = await wallet.signTypedData(
            sessionTypedData({ session, ...domain }),
          )
          const stored = { status, validAfter, validUntil }
          const verdict = evaluateGrant(session, {
            ...{ stored, policy: null, nowSeconds: now },
          })
          await chain.client.setNextBlockTimestamp({ timestamp: BigInt(now) })
          const grant = grantOf({
            grant: { ...player.grant, session, signature },
          })
          const answer = answerOf(
            await chain.execute(sectionOf(player, { grant })),
          )
          const effect = verdict.ok ? verdict.effect : verdict.error.code
          expect(answer).toBe(
            effect === 'renewed' || effect === 'granted' ? 'granted' : effect,
          )
          if (answer === 'granted') {
            ;({ validAfter, validUntil } = session)
            status = 'active'
          }
          const record = await chain.client.readContract({
            ...manager,
            functionName: 'sessionOf',
            args: [sessionId],
          })
          if (status === 'none') continue
          expect([record.validAfter, record.validUntil]).toEqual([
            ...[validAfter, validUntil],
          ])
        }
      },
    )
    await fc.assert(property, { numRuns: 60, endOnFailure: true })
  }, 120_000)
})

describe('evaluateIntent', () => {
  const terms = (): Terms =>
    makeTerms([makePermission({ to: sink, signature: 'a()', maxCalls: 9 })])
  const stepArbitrary = fc.record({
    lane: fc.constantFrom(0, 0, 0, 1),
    sequenceOffset: fc.constantFrom(0, 0, 0, 0, 0, -1, 1),
    ttl: fc.constantFrom(60, 60, 60, 900, 1, 0, -1, 901),
    callGas: fc.constantFrom(200_000, 200_000, 200_000, 8_000_000, 8_000_001),
    waitSeconds: fc.constantFrom(1, 1, 1, 2, 29, 30),
  })

  test('behavior: time, order and gas are judged as by the contract', async () => {
    const property = fc.asyncProperty(
      fc.array(stepArbitrary, { minLength: 1, maxLength: 8 }),
      async (steps) => {
        const player = await chain.createPlayer(terms(), { seconds: 60 })
        const { session, sessionId } = player
        await chain.execute(sectionOf(player, { grant: grantOf(player) }))
        let usage = emptyUsage()
        const next = [0, 0]
        for (const step of steps) {
          const nowSeconds = (await chain.chainSeconds()) + step.waitSeconds
          const intent: Intent = {
            ...{ account: session.account, sessionId, lane: step.lane },
            sequence: Math.max(0, (next[step.lane] ?? 0) + step.sequenceOffset),
            calls: [{ to: sink, value: 0n, data: encodeCall('a()', []) }],
            expiry: nowSeconds + step.ttl,
            callGas: step.callGas,
          }
          const verdict = evaluateIntent({
            session: {
              ...{ ...session, status: 'active', usage },
              table: compileTerms(session.terms),
              nextSequence: (lane) => next[lane] ?? 0,
            },
            ...{ intent, nowSeconds, pausedUntil: 0 },
          })
          const timestamp = BigInt(nowSeconds)
          await chain.client.setNextBlockTimestamp({ timestamp })
          const intents = [await signIntent(player, intent)]
          const [log] = await chain.execute(sectionOf(player, { intents }))
          if (log?.eventName === 'IntentRejected') {
            const { reasonSelector } = decodeRejection(log.args.detail)
            expect(codeOfContractError(reasonSelector)).toBe(
              verdict.ok ? 'ok' : verdict.error.code,
            )
            continue
          }
          if (log?.eventName !== 'IntentExecuted' || !verdict.ok) {
            throw new Error(`${log?.eventName}, expected ${verdict.ok}`)
          }
          const { isSuccess, counters } = decodeOutcome(log.args.outcome)
          expect(isSuccess).toBe(true)
          usage = verdict.usage
          next[step.lane] = intent.sequence + 1
          expect(counters).toEqual(usage.cells)
        }
      },
    )
    await fc.assert(property, { numRuns: 40, endOnFailure: true })
  }, 120_000)
})

test('behavior: schemes have the contract’s numbers', () => {
  expect(schemeIds).toEqual({ secp256k1: 1, p256: 2 })
})

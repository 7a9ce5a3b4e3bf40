import fc from 'fast-check'
import { P256 } from 'ox'
import {
  type Address,
  concatHex,
  createTestClient,
  type Hex,
  hexToBytes,
  http,
  keccak256,
  maxUint256,
  parseEventLogs,
  publicActions,
  sha256,
  walletActions,
  zeroHash,
} from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  delveAddress,
  playerAccountFactoryAddress,
  sessionManagerAddress,
} from '@/lib/contracts/addresses'
import { delveAbi } from '@/lib/contracts/generated/delve'
import { playerAccountFactoryAbi } from '@/lib/contracts/generated/player-account-factory'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { type Anvil, LOCAL_CHAIN_ID, startAnvil } from '@/scripts/stack/anvil'
import { findFreePort } from '@/scripts/stack/child'
import { deployContracts } from '@/scripts/stack/deploy'
import { localAccounts } from '@/scripts/stack/keys'
import { encodeTable, tableHashOf } from '../permission/encode-table'
import { encodeCall } from '../permission/function-signature'
import { hashPermissions } from '../permission/hash-permissions'
import type { Permission, PermissionUsage } from '../permission/permission'
import { computePolicyId } from '../policy/policy-id'
import { computeAccountAddress } from '../session/account-address'
import {
  codeOfContractError,
  decodeContractError,
} from '../session/contract-error'
import { evaluateIntent } from '../session/evaluate-intent'
import { hashRevocation } from '../session/revocation-typed-data'
import type { Session, SessionKey } from '../session/session'
import { computeSessionId, schemeIds } from '../session/session-id'
import { hashSession, sessionTypedData } from '../session/session-typed-data'
import { decodeOutcome, decodeRejection } from './decode-outcome'
import { encodeSections } from './encode-bundle'
import { encodeIntent } from './encode-intent'
import type { Call, Intent } from './intent'
import { hashIntent } from './intent-typed-data'
import {
  compactSecp256k1Signature,
  normalizeP256Signature,
} from './normalize-signature'

const manager = { address: sessionManagerAddress, abi: sessionManagerAbi }
const domain = {
  chainId: LOCAL_CHAIN_ID,
  sessionManager: sessionManagerAddress,
}
const move: Permission = {
  to: delveAddress,
  signature: 'move(uint8)',
  maxCalls: 500,
  maxValuePerCall: 0n,
  maxValue: 0n,
}
const relayer = localAccounts.deployer

function connect(url: string) {
  return createTestClient({
    account: relayer,
    mode: 'anvil',
    transport: http(url),
    pollingInterval: 10,
    cacheTime: 0,
  })
    .extend(publicActions)
    .extend(walletActions)
}

let anvil: Anvil
let client: ReturnType<typeof connect>
/** Takes any call and any value. */
let sink: Address

beforeAll(async () => {
  anvil = await startAnvil({ port: await findFreePort() })
  await deployContracts(anvil.url)
  client = connect(anvil.url)
  const hash = await client.sendTransaction({
    chain: null,
    // Code of one byte, STOP.
    data: '0x600060005360016000f3',
  })
  const receipt = await client.waitForTransactionReceipt({ hash })
  sink = receipt.contractAddress as Address
})
afterAll(async () => {
  await anvil?.child.stop()
})

type Signer = { key: SessionKey; sign: (digest: Hex) => Promise<Hex> }

function p256Signer(): Signer {
  const privateKey = P256.randomPrivateKey()
  const { x, y } = P256.getPublicKey({ privateKey })
  return {
    key: { scheme: 'p256', publicKey: concatHex([x, y]) },
    sign: async (digest) => {
      const { r, s } = P256.sign({ payload: sha256(digest), privateKey })
      return normalizeP256Signature(hexToBytes(concatHex([r, s])))
    },
  }
}

function secp256k1Signer(): Signer {
  const account = privateKeyToAccount(generatePrivateKey())
  const publicKey = account.address.toLowerCase() as Hex
  return {
    key: { scheme: 'secp256k1', publicKey },
    sign: async (hash) =>
      compactSecp256k1Signature(await account.sign({ hash })),
  }
}

type Player = {
  session: Session
  sessionId: Hex
  owner: Hex
  signer: Signer
  grant: ContractGrant
}
type ContractGrant = {
  session: Omit<Session, 'key'> & { key: { scheme: number; publicKey: Hex } }
  policyTable: Hex
  owner: Hex
  signature: Hex
}

async function chainSeconds(): Promise<number> {
  return Number((await client.getBlock()).timestamp)
}

async function createPlayer(
  permissions: Permission[],
  options: { policyId?: Hex; signer?: Signer; seconds?: number } = {},
): Promise<Player> {
  const wallet = privateKeyToAccount(generatePrivateKey())
  const owner = wallet.address.toLowerCase() as Hex
  const { policyId = zeroHash, signer = p256Signer() } = options
  const account = await client.readContract({
    address: playerAccountFactoryAddress,
    abi: playerAccountFactoryAbi,
    functionName: 'getAddress',
    args: [owner],
  })
  expect(computeAccountAddress(playerAccountFactoryAddress, owner)).toBe(
    account,
  )
  const now = await chainSeconds()
  const { key } = signer
  const session: Session = {
    ...{ account, policyId, key, permissions, epoch: 0 },
    validAfter: now,
    validUntil: now + (options.seconds ?? 3_600),
    grantDeadline: now + 900,
  }
  const signature = await wallet.signTypedData(
    sessionTypedData({ session, ...domain }),
  )
  const tableHash = tableHashOf(permissions)
  const sessionId = computeSessionId({ ...session, tableHash })
  const wire = policyId === zeroHash ? permissions : []
  const grant: ContractGrant = {
    session: { ...session, key: toContractKey(key), permissions: wire },
    ...{ policyTable: '0x', owner, signature },
  }
  return { session, sessionId, owner, signer, grant }
}

function toContractKey(key: SessionKey) {
  return { scheme: schemeIds[key.scheme], publicKey: key.publicKey }
}

async function signIntent(
  player: Player,
  change: Partial<Intent> & { calls: Call[] },
): Promise<Hex> {
  const { session, sessionId, signer } = player
  const intent: Intent = {
    ...{ account: session.account, sessionId, lane: 0, sequence: 0 },
    ...{ expiry: (await chainSeconds()) + 120, callGas: 200_000 },
    ...change,
  }
  const signature = await signer.sign(hashIntent({ intent, ...domain }))
  return encodeIntent({ intent, signature }, session)
}

async function execute(grants: ContractGrant[], sections: Hex) {
  const hash = await client.writeContract({
    ...manager,
    chain: null,
    functionName: 'execute',
    args: [grants, sections],
    gas: 12_000_000n,
  })
  const receipt = await client.waitForTransactionReceipt({ hash })
  expect(receipt.status).toBe('success')
  const { logs } = receipt
  return parseEventLogs({ abi: sessionManagerAbi, logs })
}

const walk = (direction: number): Call => ({
  to: delveAddress,
  value: 0n,
  data: encodeCall(move.signature, [direction]),
})

function sectionOf(player: Player, intents: Hex[]): Hex {
  const table = encodeTable(player.session.permissions)
  const { policyId } = player.session
  return encodeSections([{ policyId, table, intents }])
}

/** First direction without a wall, for a player who has not moved. */
async function openDirection(player: Player): Promise<number> {
  for (const direction of [0, 1, 2, 3]) {
    const isOpen = await client
      .simulateContract({
        address: delveAddress,
        abi: delveAbi,
        functionName: 'move',
        args: [direction],
        account: player.session.account,
      })
      .then(
        () => true,
        () => false,
      )
    if (isOpen) return direction
  }
  throw new Error('walled in')
}

describe('hashes agree with the contract', () => {
  const permissions: Permission[] = [
    move,
    {
      to: delveAddress,
      signature: 'mint(uint256)',
      maxCalls: 524_287,
      maxValuePerCall: 7n,
      maxValue: 2n ** 128n - 1n,
    },
  ]

  test('behavior: table, permissions and policy id', async () => {
    const [table, tableHash, permissionsHash] = await client.readContract({
      ...manager,
      functionName: 'packPermissions',
      args: [permissions],
    })
    expect(encodeTable(permissions)).toBe(table)
    expect(tableHashOf(permissions)).toBe(tableHash)
    expect(hashPermissions(permissions)).toBe(permissionsHash)
    const identity = {
      owner: relayer.address,
      revokers: [sink, delveAddress],
      maxDurationSeconds: 86_400,
      permissionsHash,
      documentHash: keccak256('0x1234'),
    }
    const { result } = await client.simulateContract({
      ...manager,
      functionName: 'publish',
      args: [
        identity.owner,
        identity.revokers,
        identity.maxDurationSeconds,
        identity.documentHash,
        permissions,
      ],
    })
    expect(computePolicyId(identity)).toBe(result)
  })

  test('behavior: session, its id, intent and revocation', async () => {
    for (const signer of [p256Signer(), secp256k1Signer()]) {
      const player = await createPlayer(permissions, { signer })
      const { session, sessionId, grant } = player
      const { account } = session
      const contractSession = { ...grant.session, permissions }
      const read = client.readContract
      expect(
        await read({
          ...manager,
          functionName: 'hashSession',
          args: [contractSession],
        }),
      ).toBe(hashSession({ session, ...domain }))
      const identity = {
        ...contractSession,
        tableHash: tableHashOf(permissions),
      }
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
    const args = [relayer.address, [], 86_400, zeroHash, [move]] as const
    const { result: policyId } = await client.simulateContract({
      ...manager,
      functionName: 'publish',
      args,
    })
    const hash = await client.writeContract({
      ...manager,
      chain: null,
      functionName: 'publish',
      args,
    })
    await client.waitForTransactionReceipt({ hash })
    const first = await createPlayer([move], { policyId })
    const second = await createPlayer([move], { signer: secp256k1Signer() })
    const players = [first, second]
    const sections = await Promise.all(
      players.map(async (player) => ({
        policyId: player.session.policyId,
        table: encodeTable(player.session.permissions),
        intents: [
          await signIntent(player, {
            calls: [walk(await openDirection(player))],
          }),
        ],
      })),
    )
    const logs = await execute(
      players.map(({ grant }) => grant),
      encodeSections(sections),
    )
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
      const { joined } = await client.readContract({
        address: delveAddress,
        abi: delveAbi,
        functionName: 'playerOf',
        args: [session.account],
      })
      expect(joined).toBe(true)
    }
  })

  test('error: what is rejected and what reverts, told apart', async () => {
    const player = await createPlayer([move])
    const stranger = await createPlayer([move])
    const direction = await openDirection(player)
    const forged = await signIntent(
      { ...player, signer: stranger.signer },
      { calls: [walk(direction)] },
    )
    const logs = await execute(
      [player.grant],
      sectionOf(player, [
        forged,
        await signIntent(player, { calls: [walk(9)] }),
        await signIntent(player, { calls: [walk(direction)], sequence: 5 }),
        await signIntent(player, { calls: [walk(direction)], sequence: 1 }),
        await signIntent(stranger, { calls: [walk(0)] }),
      ]),
    )
    const told = logs.flatMap((log): unknown[] => {
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
    const player = await createPlayer([move])
    const other = await createPlayer([move])
    const grant = { ...player.grant, signature: other.grant.signature }
    const logs = await execute([grant, other.grant], '0x')
    const [rejected] = logs.filter((log) => log.eventName === 'GrantRejected')
    expect(decodeContractError(rejected?.args.reason ?? '0x')?.code).toBe(
      'invalid_signature',
    )
    const granted = logs.filter((log) => log.eventName === 'SessionGranted')
    expect(granted.map(({ args }) => args.sessionId)).toEqual([other.sessionId])
  })
})

describe('evaluateIntent', () => {
  const permissions = (): Permission[] => [
    { ...move, to: sink, signature: 'a()', maxCalls: 3 },
    {
      to: sink,
      signature: 'b(uint256)',
      maxCalls: 4,
      maxValuePerCall: 5n,
      maxValue: 12n,
    },
  ]
  const callArbitrary = fc.record({
    index: fc.constantFrom(0, 1),
    value: fc.integer({ min: 0, max: 6 }),
  })
  const stepArbitrary = fc.record({
    calls: fc.array(callArbitrary, { minLength: 1, maxLength: 3 }),
    lane: fc.constantFrom(0, 0, 0, 1),
    sequenceOffset: fc.constantFrom(0, 0, 0, 0, 0, -1, 1),
    ttl: fc.constantFrom(60, 60, 60, 900, 1, 0, -1, 901),
    callGas: fc.constantFrom(200_000, 200_000, 200_000, 8_000_000, 8_000_001),
    waitSeconds: fc.constantFrom(1, 1, 1, 2, 29, 30),
  })

  test('behavior: says what the contract says, over generated games', async () => {
    const property = fc.asyncProperty(
      fc.array(stepArbitrary, { minLength: 1, maxLength: 8 }),
      async (steps) => {
        const player = await createPlayer(permissions(), { seconds: 60 })
        const { session } = player
        await client.setBalance({ address: session.account, value: 100n })
        await execute([player.grant], '0x')
        let usage: PermissionUsage[] = permissions().map(() => ({
          calls: 0,
          valueWei: '0',
        }))
        const next = [0, 0]
        for (const step of steps) {
          const nowSeconds = (await chainSeconds()) + step.waitSeconds
          const intent: Intent = {
            account: session.account,
            sessionId: player.sessionId,
            lane: step.lane,
            sequence: Math.max(0, (next[step.lane] ?? 0) + step.sequenceOffset),
            calls: step.calls.map(({ index, value }) => ({
              to: sink,
              value: index === 0 ? 0n : BigInt(value),
              data: encodeCall(
                permissions()[index]?.signature ?? '',
                index === 0 ? [] : [BigInt(value)],
              ),
            })),
            expiry: nowSeconds + step.ttl,
            callGas: step.callGas,
          }
          const verdict = evaluateIntent({
            session: {
              ...session,
              ...{ status: 'active', usage },
              nextSequence: (lane) => next[lane] ?? 0,
            },
            ...{ intent, nowSeconds, pausedUntil: 0 },
          })
          await client.setNextBlockTimestamp({ timestamp: BigInt(nowSeconds) })
          const signed = await signIntent(player, intent)
          const [log] = await execute([], sectionOf(player, [signed]))
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
          expect(counters.slice(0, 2)).toEqual(usage.map(({ calls }) => calls))
          for (const [index, { valueWei }] of usage.entries()) {
            const spent = await client.readContract({
              ...manager,
              functionName: 'valueSpentOf',
              args: [player.sessionId, BigInt(index)],
            })
            expect(spent.toString()).toBe(valueWei)
          }
        }
      },
    )
    await fc.assert(property, { numRuns: 40 })
  }, 180_000)
})

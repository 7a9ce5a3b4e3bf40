import type { Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { delveAddress } from '@/lib/contracts/addresses'
import { delveAbi } from '@/lib/contracts/generated/delve'
import { encodeCall } from '@/lib/permission/function-signature'
import type { Policy } from '@/lib/policy/policy'
import type { PublicConfig } from '@/lib/rpc/public-config'
import { getPublicConfig } from '@/lib/server/http/public-config'
import type { Worker } from '@/lib/server/relay/run-worker'
import { findGameForPlay } from '@/lib/server/session/get-game'
import { computeAccountAddress } from '@/lib/session/account-address'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { type RelayServer, serveRelay } from '@/scripts/test/serve-relay'
import { buildSendRequest } from './build-send-request'
import type { DevIdentity } from './dev-wallet/dev-identity'
import { DevWalletProvider } from './dev-wallet/dev-wallet-provider'
import { PromptQueue } from './dev-wallet/prompt-queue'
import { IntentQueue } from './intent-queue'
import { createMemoryBackend } from './key-backend'
import { KeyStore } from './key-store'
import { RelayClient } from './relay-client'
import { ServerClock } from './server-clock'
import { toQueueSession } from './session-player'
import type { DialectGrant } from './wallet-provider/dialect-grant'
import { PlaykeyProvider } from './wallet-provider/playkey-provider'

let stack: RelayStack
let worker: Worker
let server: RelayServer
let relayUrl: string
let config: PublicConfig
let policy: Policy

beforeAll(async () => {
  stack = await startRelayStack()
  worker = await stack.startWorker()
  server = await serveRelay()
  relayUrl = `${server.url}/api/relay`
  config = await getPublicConfig()
  const game = await findGameForPlay('delve')
  if (!game?.policy) throw new Error('Delve has no policy')
  policy = game.policy
}, 120_000)
afterAll(async () => {
  server?.close()
  await worker?.stop()
  await stack?.stop()
})

/** A player with the development wallet, who confirms whatever it asks. */
function createPlayer(identity: DevIdentity = 'new') {
  const data = new Map<string, string>()
  const storage = {
    getItem: (key: string) => data.get(key) ?? null,
    setItem: (key: string, value: string) => void data.set(key, value),
  }
  const prompts = new PromptQueue(storage)
  prompts.subscribe(() => {
    const { current } = prompts.state
    if (current) queueMicrotask(() => prompts.confirm(current.id, identity))
  })
  const wallet = new DevWalletProvider(config.chainId, storage, prompts)
  const keyStore = new KeyStore(createMemoryBackend())
  const provider = new PlaykeyProvider({
    ...{ config, wallet, keyStore, relayUrl },
    policyId: policy.id,
  })
  const request = <T>(method: string, ...params: unknown[]) =>
    provider.request({ method, params }) as Promise<T>
  return { wallet, prompts, keyStore, request }
}

function grantRequest(signatures: string[], change: object = {}) {
  return {
    expiry: Math.floor(config.serverTimeMs / 1_000) + 1_800,
    feeToken: null,
    permissions: {
      calls: signatures.map((signature) => ({ to: delveAddress, signature })),
    },
    ...change,
  }
}

async function openDirection(account: Hex): Promise<number> {
  for (const direction of [0, 1, 2, 3]) {
    const isOpen = await stack.client
      .simulateContract({
        address: delveAddress,
        abi: delveAbi,
        functionName: 'move',
        args: [direction],
        account,
      })
      .then(
        () => true,
        () => false,
      )
    if (isOpen) return direction
  }
  throw new Error('walled in')
}

const move = (direction: number) => ({
  to: delveAddress,
  data: encodeCall('move(uint8)', [direction]),
})

async function movesOf(account: Hex): Promise<number> {
  const { moves } = await stack.client.readContract({
    address: delveAddress,
    abi: delveAbi,
    functionName: 'playerOf',
    args: [account],
  })
  return Number(moves)
}

describe('PlaykeyProvider', () => {
  test('behavior: two prompts, then calls land without any', async () => {
    const { wallet, prompts, request } = createPlayer()
    const [account] = await request<Hex[]>('eth_requestAccounts')
    if (!account || !wallet.address) throw new Error('not connected')
    const owner = wallet.address.toLowerCase() as Hex
    expect(account).toBe(computeAccountAddress(config.factory, owner))
    const grant = await request<DialectGrant>(
      'wallet_grantPermissions',
      grantRequest(['move(uint8)']),
    )
    expect(grant.permissions.calls).toEqual([
      { to: delveAddress, signature: 'move(uint8)' },
    ])
    expect(prompts.state.count).toBe(2)
    const calls = [move(await openDirection(account))]
    const { id } = await request<{ id: Hex }>('wallet_sendCalls', {
      ...{ version: '2.0.0', from: account, atomicRequired: true, calls },
    })
    await vi.waitFor(
      async () => {
        const answer = await request<{ status: number; receipts?: unknown[] }>(
          'wallet_getCallsStatus',
          id,
        )
        expect(answer).toMatchObject({ status: 200 })
        expect(answer.receipts).toHaveLength(1)
      },
      { timeout: 20_000 },
    )
    expect(await movesOf(account)).toBe(1)
    const grants = await request<DialectGrant[]>('wallet_getPermissions')
    expect(grants.map((entry) => entry.id)).toEqual([grant.id])
    await request('wallet_revokePermissions', { id: grant.id })
    expect(await request('wallet_getPermissions')).toEqual([])
    expect(prompts.state.count).toBe(2)
  })

  test('behavior: a game with its own key prepares, signs and sends', async () => {
    const { keyStore, request } = createPlayer()
    const [account] = await request<Hex[]>('wallet_connect').then((answer) =>
      (answer as unknown as { accounts: { address: Hex }[] }).accounts.map(
        ({ address }) => address,
      ),
    )
    if (!account) throw new Error('not connected')
    const { publicKey } = await keyStore.createKey()
    const key = { type: 'p256', publicKey: `0x04${publicKey.slice(2)}` }
    await request(
      'wallet_grantPermissions',
      grantRequest(['move(uint8)', 'mint(uint256)'], { key }),
    )
    const prepared = await request<{
      context: object
      digest: Hex
      chainId: Hex
      key: object
    }>('wallet_prepareCalls', {
      ...{ calls: [move(await openDirection(account))], from: account, key },
    })
    const signature = await keyStore.sign(publicKey, prepared.digest)
    const { context, chainId } = prepared
    const answer = await request<{ id: Hex }[]>('wallet_sendPreparedCalls', {
      ...{ context, chainId, key: prepared.key, signature },
    })
    expect(answer).toEqual([{ id: prepared.digest }])
    await vi.waitFor(async () => expect(await movesOf(account)).toBe(1), {
      timeout: 20_000,
    })
  })

  test('error: refuses with the codes of the standards, never with a pop-up', async () => {
    const { prompts, request } = createPlayer()
    const failing = async (method: string, ...params: unknown[]) =>
      request(method, ...params).then(
        () => null,
        (error: { code: number; data?: { code?: string } }) => [
          error.code,
          error.data?.code,
        ],
      )
    expect(await failing('wallet_getPermissions')).toEqual([
      4100,
      'unauthorised',
    ])
    await request('eth_requestAccounts')
    const scopes = (calls: object[]) => ({
      ...grantRequest([]),
      permissions: { calls },
    })
    expect(
      await failing('wallet_grantPermissions', scopes([{ to: delveAddress }])),
    ).toEqual([-32602, 'wildcard_permission'])
    expect(
      await failing('wallet_grantPermissions', grantRequest(['burn(uint256)'])),
    ).toEqual([-32020, 'wider_than_policy'])
    expect(
      await failing(
        'wallet_grantPermissions',
        grantRequest(['move(uint8)'], { expiry: Date.now() }),
      ),
    ).toEqual([-32602, 'invalid_params'])
    expect(await failing('wallet_sendCalls', { calls: [move(0)] })).toEqual([
      4100,
      'unauthorised',
    ])
    expect(
      await failing('wallet_sendCalls', {
        calls: [move(0)],
        capabilities: { paymasterService: {} },
      }),
    ).toEqual([5700, 'unsupported_capability'])
    expect(
      await failing('wallet_switchEthereumChain', { chainId: '0x1' }),
    ).toEqual([5710, 'unsupported_chain'])
    expect(await failing('eth_sendTransaction', {})).toEqual([
      4200,
      'unsupported_method',
    ])
    expect(
      await failing('wallet_getCallsStatus', `0x${'00'.repeat(32)}`),
    ).toEqual([5730, 'unknown_calls_id'])
    expect(prompts.state.count).toBe(1)
  })
})

describe('IntentQueue with the real relay', () => {
  test('behavior: sixty moves at key-repeat speed, in order, none lost', async () => {
    const { keyStore, prompts, request } = createPlayer()
    const [account] = await request<Hex[]>('eth_requestAccounts')
    if (!account) throw new Error('not connected')
    const grant = await request<DialectGrant>(
      'wallet_grantPermissions',
      grantRequest(['move(uint8)', 'mint(uint256)']),
    )
    const clock = new ServerClock(config.serverTimeMs)
    const { chainId, sessionManager } = config
    const relay = new RelayClient({ url: relayUrl, chainId, clock })
    const view = await relay.call('playkey_getSession', [
      { sessionId: grant.id },
    ])
    // As the game session does when it gets a proposal.
    clock.atLeast(view.validAfter)
    const queue = new IntentQueue({
      domain: { chainId, sessionManager },
      session: toQueueSession(view, 0),
      lane: 0,
      sign: await keyStore.getSigner(view.key.publicKey),
      transport: relay,
      clock,
    })
    let isDone = false
    const polling = (async () => {
      while (!isDone) {
        await queue.poll(0)
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
    })()
    const moveIndex = policy.document.actions.findIndex(
      ({ permission }) => permission.signature === 'move(uint8)',
    )
    const first = await openDirection(account)
    const handles = []
    for (let step = 0; step < 60; step += 1) {
      const direction = (first + (step % 2) * 2) % 4
      handles.push(queue.send(buildSendRequest(policy, moveIndex, [direction])))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    const outcomes = await Promise.all(handles.map(({ settled }) => settled))
    expect(outcomes.map(({ status }) => status)).toEqual(
      handles.map(() => 'confirmed'),
    )
    expect(await movesOf(account)).toBe(60)
    expect(queue.usage[moveIndex]?.calls).toBe(60)
    expect(prompts.state.count).toBe(2)

    const blocked = await queue.send(buildSendRequest(policy, moveIndex, [9]))
      .settled
    expect(blocked.status).not.toBe('confirmed')
    expect(queue.usage[moveIndex]?.calls).toBe(60)
    isDone = true
    await polling
    queue.close()
  }, 60_000)

  test('error: a wallet that is not the owner gets nothing', async () => {
    const { request } = createPlayer()
    await request('eth_requestAccounts')
    const stranger = privateKeyToAccount(`0x${'11'.repeat(32)}`)
    await expect(
      request(
        'wallet_grantPermissions',
        grantRequest(['move(uint8)'], { address: stranger.address }),
      ),
    ).rejects.toMatchObject({ code: 4100 })
  })
})

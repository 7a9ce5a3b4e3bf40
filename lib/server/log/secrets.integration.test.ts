import pino from 'pino'
import type { Hex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { GET as config } from '@/app/api/config/route'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { handleRoute } from '../http/handle-route'
import { dispatch } from '../http/rpc/dispatch'
import { revokeSession } from '../session/revoke-session'
import { logger } from './logger'

const cookie = 'next-auth.session-token=eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NN'
const lines: string[] = []
let stack: RelayStack

beforeAll(async () => {
  stack = await startRelayStack()
  const stream = Reflect.get(logger, pino.symbols.streamSym) as {
    write(line: string): void
  }
  logger.level = 'trace'
  vi.spyOn(stream, 'write').mockImplementation((line) => void lines.push(line))
})
afterAll(async () => {
  vi.restoreAllMocks()
  await stack?.stop()
})

/** Lines that say `message`, as objects. */
function linesOf(message: string): Record<string, unknown>[] {
  return lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === message)
}

/** A session from its grant to its end, with what goes wrong on the way. */
async function playThrough() {
  const player = new TestPlayer()
  const sign = vi.spyOn(player, 'sign')
  const signTypedData = vi.spyOn(player.wallet, 'signTypedData')
  await player.grant()
  const worker = await stack.startWorker()
  const first = await settled(await player.send(await player.step()))
  await settled(await player.send(await player.mint(0n)))

  const wrong = await player.step()
  const refused = player.admit(wrong, player.sign(`0x${'12'.repeat(32)}`))
  await expect(refused).rejects.toThrow()
  await letTheNodeRefuse(player)
  await handThrough(player)

  const { sessionId } = player
  const signature = await player.signRevocation('key')
  await revokeSession({ sessionId, by: 'key', signature })
  const status = async () =>
    (
      await stack.database.prisma.session.findUniqueOrThrow({
        where: { id: sessionId },
      })
    ).status
  await expect.poll(status, { timeout: 15_000 }).toBe('revoked')
  await worker.stop()
  const signed = [...sign.mock.results, ...signTypedData.mock.results]
  const signatures = await Promise.all(
    signed.map(({ value }) => value as Hex | Promise<Hex>),
  )
  return { first, sessionId, signatures }
}

/** The node answers that the key cannot pay, in words of its own. */
async function letTheNodeRefuse(player: TestPlayer): Promise<void> {
  const keys = (process.env.RELAYER_PRIVATE_KEYS ?? '').split(',') as Hex[]
  const addresses = keys.map((key) => privateKeyToAddress(key))
  const balances = await Promise.all(
    addresses.map((address) => stack.client.getBalance({ address })),
  )
  const set = (index: number, wei: bigint) =>
    stack.anvil('anvil_setBalance', [addresses[index], `0x${wei.toString(16)}`])
  for (const index of keys.keys()) await set(index, 0n)
  const id = await player.send(await player.step())
  await expect
    .poll(
      () =>
        [...linesOf('not taken'), ...linesOf('balance is low: no new work')]
          .length,
      { timeout: 15_000 },
    )
    .toBeGreaterThan(0)
  for (const index of keys.keys()) await set(index, balances[index] ?? 0n)
  await settled(id, 30_000)
}

/** Requests over HTTP, with a login and an error that is ours. */
async function handThrough(player: TestPlayer): Promise<void> {
  const intent = await player.step()
  const request = { jsonrpc: '2.0', id: 1, method: 'wallet_sendPreparedCalls' }
  const signature = player.signIntent(intent)
  const params = [{ signature }]
  await dispatch(JSON.stringify({ ...request, params }))
  const withLogin = new Request('http://localhost:3000/api/config', {
    headers: { cookie, authorization: 'Bearer a token of the operator' },
  })
  await config(withLogin)
  await handleRoute(async () => {
    // PostgreSQL quotes what it cannot read.
    await stack.database.pool.query('SELECT $1::uuid', [signature])
    return new Response()
  })(withLogin)
}

// Guarantee: whoever reads the logs can follow every intent, and can sign, send or log in nothing.
test('security: from grant to revocation, at the most talkative level, the log holds ids and no secrets', async () => {
  const { first, sessionId, signatures } = await playThrough()
  const text = lines.join('')
  const attempts = await stack.database.prisma.relayAttempt.findMany()
  const secrets = [
    ...(process.env.RELAYER_PRIVATE_KEYS ?? '').split(','),
    process.env.REVOKER_PRIVATE_KEY ?? '',
    process.env.NEXTAUTH_SECRET ?? '',
    process.env.DATABASE_URL ?? '',
    ...signatures,
    ...attempts.map(({ raw }) => raw),
    ...[cookie, 'a token of the operator'],
  ]
  expect(secrets.length).toBeGreaterThan(12)
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(15)
    expect(text).not.toContain(secret)
    expect(text).not.toContain(secret.replace(/^0x/, ''))
  }

  const callsId = first.id
  expect(linesOf('admitted')).toContainEqual(
    expect.objectContaining({ callsId, sessionId }),
  )
  const { transactionId, txHash } = first
  expect(linesOf('settled')).toContainEqual(
    expect.objectContaining({
      ...{ callsId, sessionId, txHash, status: 'confirmed', reason: null },
    }),
  )
  expect(linesOf('sent')).toContainEqual(
    expect.objectContaining({
      ...{ transactionId, txHash, purpose: 'bundle', intents: 1 },
      signer: expect.stringMatching(/^0x[0-9a-fA-F]{40}$/),
      nonce: expect.any(Number),
    }),
  )
  const [ours] = linesOf('Something went wrong here.')
  expect(ours).toMatchObject({
    ...{ level: 'error', code: 'internal', where: '/api/config' },
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    err: { code: '22P02' },
  })
}, 90_000)

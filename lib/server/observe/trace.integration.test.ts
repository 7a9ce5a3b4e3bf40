import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { type Hex, numberToHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toIntentJson } from '@/lib/intent/intent-schema'
import {
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
} from '@/scripts/test/otlp-receiver'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { openEventStream } from '../http/open-event-stream'
import { dispatch } from '../http/rpc/dispatch'
import { startTracing } from './tracing'

/** A worker process takes a while to start on a busy machine. */
const SETTLE_MS = 60_000
const POLL_MS = 20_000

let stack: RelayStack
let receiver: OtlpReceiver
let worker: ChildProcess | null = null
let stopTracing: (() => Promise<void>) | null = null

beforeAll(async () => {
  stack = await startRelayStack()
  receiver = await startOtlpReceiver()
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = receiver.endpoint
  process.env.OTEL_BSP_SCHEDULE_DELAY = '100'
  stopTracing = await startTracing('playkey-web')
})
afterAll(async () => {
  await stopWorkerProcess()
  await stopTracing?.()
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT
  await receiver?.close()
  await stack?.stop()
})

/** The worker as it runs in production: a process of its own. */
function startWorkerProcess(): void {
  const args = ['--import', 'tsx', 'scripts/worker.ts']
  worker = spawn(process.execPath, args, { env: process.env, stdio: 'ignore' })
}

async function stopWorkerProcess(): Promise<void> {
  if (!worker) return
  const ended = once(worker, 'exit')
  worker.kill('SIGTERM')
  worker = null
  await ended
}

/** Hands a step in as a browser does. @returns callsId */
async function sendStep(player: TestPlayer): Promise<Hex> {
  const intent = await player.step()
  const { account, ...rest } = toIntentJson(intent)
  const signed = {
    chainId: numberToHex(stack.context.chainId),
    context: { account: { address: account }, ...rest },
    signature: player.signIntent(intent),
  }
  const request = { jsonrpc: '2.0', id: 1, method: 'wallet_sendPreparedCalls' }
  const body = JSON.stringify({ ...request, params: [signed] })
  const answer = (await dispatch(body)) as { result: [{ id: Hex }] }
  return answer.result[0].id
}

async function newPlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  return player
}

const namesOf = (spans: readonly ReceivedSpan[]) =>
  spans.map(({ name }) => name).sort()

test('behavior: one move is one trace, from its request through both processes to the news in the browser', {
  timeout: 120_000,
}, async () => {
  const player = await newPlayer()
  const browser = new PassThrough().resume()
  openEventStream({ id: player.sessionId, policyId: null }, null, browser)
  startWorkerProcess()
  const callsId = await sendStep(player)
  const row = await settled(callsId, SETTLE_MS)
  const find = () => {
    const admit = receiver.spans.find(
      ({ attributes }) => attributes['playkey.calls_id'] === callsId,
    )
    return receiver.spans.filter(({ traceId }) => traceId === admit?.traceId)
  }
  await expect
    .poll(() => namesOf(find()), { timeout: POLL_MS })
    .toEqual([
      ...['admit', 'build', 'facts', 'push', 'relay', 'settle', 'store'],
      ...['submit', 'validate', 'wallet_sendPreparedCalls'],
    ])
  await stopWorkerProcess()
  browser.destroy()

  const trace = find()
  const named = (name: string) => {
    const span = trace.find((each) => each.name === name)
    if (!span) throw new Error(`no span ${name}`)
    return span
  }
  const parents: Record<string, string> = {
    admit: 'wallet_sendPreparedCalls',
    ...{ validate: 'admit', facts: 'admit', store: 'admit', relay: 'admit' },
    ...{ build: 'relay', submit: 'relay', settle: 'relay', push: 'admit' },
  }
  expect(named('wallet_sendPreparedCalls').parentSpanId).toBe('')
  for (const [name, parent] of Object.entries(parents))
    expect([name, named(name).parentSpanId]).toEqual([
      ...[name, named(parent).spanId],
    ])
  const services = { web: 'playkey-web', worker: 'playkey-worker' }
  for (const name of ['relay', 'build', 'submit', 'settle'])
    expect(named(name).service).toBe(services.worker)
  for (const name of ['admit', 'facts', 'store', 'push'])
    expect(named(name).service).toBe(services.web)
  expect(named('relay').attributes).toEqual({
    'playkey.calls_id': callsId,
    'playkey.session_id': player.sessionId,
    'playkey.status': 'confirmed',
    'playkey.transaction_id': row.transactionId,
    'tx.hash': row.txHash,
  })
  expect(named('build').end).toBe(named('submit').start)
  expect(named('submit').end).toBe(named('settle').start)
  expect(named('settle').end).toBe(named('relay').end)
})

test('behavior: moves of a bundle keep their own traces, linked with that of the bundle', {
  timeout: 120_000,
}, async () => {
  // Accounts decide which of a few keys carries a move, so some move together.
  const ids: Hex[] = []
  for (let count = 0; count < 8; count += 1)
    ids.push(await sendStep(await newPlayer()))
  startWorkerProcess()
  for (const id of ids) await settled(id, SETTLE_MS)
  const relays = () =>
    receiver.spans.filter(
      ({ name, attributes }) =>
        name === 'relay' && ids.includes(attributes['playkey.calls_id'] as Hex),
    )
  await expect
    .poll(() => relays().length, { timeout: POLL_MS })
    .toBe(ids.length)
  await stopWorkerProcess()

  expect(new Set(relays().map(({ traceId }) => traceId)).size).toBe(ids.length)
  const bundles = receiver.spans.filter(({ name }) => name === 'bundle')
  expect(bundles.length).toBeGreaterThan(0)
  for (const bundle of bundles) {
    const carried = relays().filter(({ links }) =>
      links.includes(bundle.traceId),
    )
    expect(carried.length).toBe(Number(bundle.attributes['playkey.intents']))
    expect(carried.map(({ traceId }) => traceId).sort()).toEqual(
      bundle.links.sort(),
    )
    const parts = receiver.spans.filter(
      ({ parentSpanId }) => parentSpanId === bundle.spanId,
    )
    expect(namesOf(parts)).toEqual(['build', 'settle', 'submit'])
  }
})

// Guarantee: a collector, which may belong to another company, learns ids and times, and nothing that could be used.
test('security: no key, signature or signed transaction leaves with the spans', async () => {
  const { prisma } = stack.database
  const sent = receiver.bodies.join('')
  const attempts = await prisma.relayAttempt.findMany()
  const grants = await prisma.sessionGrant.findMany()
  expect(attempts.length).toBeGreaterThan(0)
  for (const secret of [
    ...attempts.map(({ raw }) => raw),
    ...grants.map(({ signature }) => signature),
    ...(process.env.RELAYER_PRIVATE_KEYS ?? '').split(','),
    process.env.REVOKER_PRIVATE_KEY ?? '',
  ]) {
    expect(secret.length).toBeGreaterThan(60)
    expect(sent).not.toContain(secret)
    expect(sent).not.toContain(secret.slice(2))
  }
})

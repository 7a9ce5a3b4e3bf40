import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GET as health } from '@/app/api/health/route'
import { GET as metrics } from '@/app/api/metrics/route'
import { findFreePort } from '@/scripts/stack/child'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import type { Worker } from '../relay/run-worker'
import type { Health } from './check-health'
import { readRelayState } from './read-relay-state'
import { serveMetrics } from './serve-metrics'

const token = 'a token of the operator'
let stack: RelayStack
let worker: Worker
let player: TestPlayer
let port: number

beforeAll(async () => {
  port = await findFreePort()
  process.env.METRICS_TOKEN = token
  stack = await startRelayStack()
  process.env.WORKER_METRICS_PORT = String(port)
  worker = await stack.startWorker()
  player = new TestPlayer()
  await player.grant()
  for (let turn = 0; turn < 3; turn += 1)
    await settled(await player.send(await player.step()))
})
afterAll(async () => {
  await worker?.stop()
  await stack?.stop()
  for (const name of ['METRICS_TOKEN', 'WORKER_METRICS_PORT'])
    delete process.env[name]
})

/** One request to the worker's own server. */
function ask(
  path: string,
  headers: Record<string, string> = {},
  { method = 'GET', at = port } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: at, path, method, headers }
    const sent = request(options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}

function get(headers: Record<string, string> = {}): Promise<Response> {
  return metrics(new Request('http://localhost:3000/api/metrics', { headers }))
}

/** Value of a line; null when there is none. */
function readLine(text: string, line: string): number | null {
  const found = text.split('\n').find((each) => each.startsWith(`${line} `))
  return found === undefined ? null : Number(found.slice(line.length + 1))
}

const bearer = { authorization: `Bearer ${token}` }

describe("the worker's metrics", () => {
  test('behavior: what became of three moves', async () => {
    const carried = async () =>
      readLine(
        (await ask('/metrics', bearer)).text,
        'playkey_bundle_intents_sum',
      )
    // A transaction is counted when it is settled, a moment after its moves.
    await expect.poll(carried).toBeGreaterThanOrEqual(3)
    const { text } = await ask('/metrics', bearer)
    const value = (line: string) => readLine(text, line) ?? -1
    for (const stage of ['submitted', 'mined', 'settled'])
      expect([
        stage,
        value(`playkey_stage_seconds_count{stage="${stage}"}`),
      ]).toEqual([stage, expect.toSatisfy((count: number) => count >= 3)])
    expect(
      value('playkey_intent_seconds_count{outcome="confirmed"}'),
    ).toBeGreaterThanOrEqual(3)
    expect(
      value('playkey_transactions_total{purpose="bundle",ending="included"}'),
    ).toBeGreaterThanOrEqual(3)
    expect(value('playkey_gas_used_total{purpose="bundle"}')).toBeGreaterThan(
      100_000,
    )
    expect(value('playkey_fees_ether_total{purpose="bundle"}')).toBeGreaterThan(
      0,
    )
    expect(value('playkey_gas_price_wei')).toBeGreaterThan(0)
    expect(value('playkey_lost_nonces_total')).toBe(0)
    expect(value('process_cpu_seconds_total')).toBeGreaterThan(0)
  })

  test('behavior: the state of queue, keys, leases and mirror', async () => {
    const read = async () => (await ask('/metrics', bearer)).text
    await expect
      .poll(async () => readLine(await read(), 'playkey_mirror_lag_blocks'))
      .toBe(0)
    const text = await read()
    expect(readLine(text, 'playkey_database_up')).toBe(1)
    expect(readLine(text, 'playkey_chain_up')).toBe(1)
    expect(readLine(text, 'playkey_workers')).toBe(1)
    expect(readLine(text, 'playkey_queue_age_seconds')).toBe(0)
    for (const status of ['queued', 'submitted', 'tasks'])
      expect(readLine(text, `playkey_queue_length{status="${status}"}`)).toBe(0)
    expect(readLine(text, 'playkey_disagreeing_sessions')).toBe(0)
    const key = 'role="relayer",index="0"'
    expect(readLine(text, `playkey_key_balance_ether{${key}}`)).toBeGreaterThan(
      1,
    )
    expect(readLine(text, `playkey_key_low{${key}}`)).toBe(0)
    for (const lease of ['mirror', 'relayer:0', 'revoker:0']) {
      expect(readLine(text, `playkey_lease_held{lease="${lease}"}`)).toBe(1)
      expect(
        readLine(text, `playkey_lease_fence{lease="${lease}"}`),
      ).toBeGreaterThan(0)
    }
  })

  // Guarantee: metrics tell how much and how fast, never who.
  test('security: neither ids nor addresses, nor anything that could be used', async () => {
    const texts = [
      (await ask('/metrics', bearer)).text,
      (await ask('/health')).text,
      await (await get(bearer)).text(),
    ]
    for (const text of texts) {
      expect(text.length).toBeGreaterThan(20)
      expect(text).not.toMatch(/0x[0-9a-fA-F]{8}/)
      expect(text).not.toContain(token)
    }
  })

  test('security: only for programs of this machine, and only with the token', async () => {
    expect((await ask('/metrics')).status).toBe(404)
    const wrong = { authorization: 'Bearer another token' }
    expect((await ask('/metrics', wrong)).status).toBe(404)
    const rebound = { ...bearer, host: 'attacker.example' }
    expect((await ask('/metrics', rebound)).status).toBe(404)
    expect((await ask('/', bearer)).status).toBe(404)
    expect((await ask('/metrics', bearer, { method: 'POST' })).status).toBe(404)
    const host = { host: `localhost:${port}` }
    expect((await ask('/metrics', { ...bearer, ...host })).status).toBe(200)
  })

  test('behavior: a port that is taken leaves the worker without, and nothing else', async () => {
    const context = { database: stack.database, client: stack.client }
    const second = await serveMetrics(context, { port, token: undefined })
    expect(second.port).toBeNull()
    await second.close()
    const open = await serveMetrics(context, { port: 0, token: undefined })
    const at = open.port ?? 0
    expect((await ask('/metrics', {}, { at })).status).toBe(200)
    await open.close()
    await expect(ask('/metrics', {}, { at })).rejects.toThrow('ECONNREFUSED')
  })
})

describe('GET /api/metrics', () => {
  test('behavior: admission, budgets and refusals', async () => {
    const response = await get(bearer)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/plain')
    const text = await response.text()
    for (const stage of ['admitted', 'stored'])
      expect(
        readLine(text, `playkey_stage_seconds_count{stage="${stage}"}`),
      ).toBeGreaterThanOrEqual(3)
    for (const scope of ['studio', 'game']) {
      const spent = `playkey_sponsor_gas{scope="${scope}",kind="spent"}`
      expect(readLine(text, spent)).toBeGreaterThan(100_000)
      const ratio = `playkey_sponsor_use_ratio{scope="${scope}"}`
      expect(readLine(text, ratio)).toBeGreaterThan(0)
      expect(readLine(text, ratio)).toBeLessThan(1)
    }
  })

  test('behavior: no metric is written twice', async () => {
    const text = await (await get(bearer)).text()
    const names = text
      .split('\n')
      .filter((line) => line.startsWith('# TYPE'))
      .map((line) => line.split(' ')[2])
    expect(names.length).toBeGreaterThan(30)
    expect(new Set(names).size).toBe(names.length)
  })

  // Guarantee: who does not have the token learns not even that there are metrics; where a request claims to come from changes nothing.
  test.each([
    ['without', {}],
    ['with another', { authorization: 'Bearer another token' }],
    [
      'from this machine, as it says',
      { 'x-forwarded-for': '127.0.0.1', host: 'localhost:3000' },
    ],
  ] as [string, Record<string, string>][])(
    'security: a request %s',
    async (_, headers) => {
      const response = await get(headers)
      expect(response.status).toBe(404)
      const body = (await response.json()) as { error: { code: string } }
      expect(body.error.code).toBe('not_found')
    },
  )
})

describe('health', () => {
  const codes = async () => {
    const response = await health(new Request('http://localhost/api/health'))
    const { status, reasons } = (await response.json()) as Health
    return { status, codes: reasons.map(({ code }) => code) }
  }
  const well = { status: 'ok', codes: [] }

  test('behavior: web and worker agree that all is well', async () => {
    await expect.poll(codes).toEqual(well)
    const { status, text } = await ask('/health')
    expect([status, JSON.parse(text)]).toEqual([
      ...[200, { status: 'ok', reasons: [] }],
    ])
  })

  test('behavior: a session that is otherwise on chain, until it is not', async () => {
    const { prisma } = stack.database
    const mark = (disagreesSince: Date | null) =>
      prisma.session.update({
        where: { id: player.sessionId },
        data: { disagreesSince },
      })
    await mark(new Date())
    expect((await readRelayState(stack.database)).disagreeing).toBe(1)
    await mark(null)
    expect((await readRelayState(stack.database)).disagreeing).toBe(0)
  })

  test('behavior: what is wrong is told while it is', async () => {
    await worker.stop()
    expect(await codes()).toEqual({ status: 'degraded', codes: ['no_worker'] })
    const { prisma } = stack.database
    const id = await player.send(await player.step())
    await prisma.intent.update({
      where: { id },
      data: { queuedAt: new Date(Date.now() - 40_000) },
    })
    await prisma.relayKey.updateMany({ data: { isLow: true } })
    await prisma.chainHead.updateMany({ data: { number: 1_000_000n } })
    expect(await codes()).toEqual({
      status: 'degraded',
      codes: ['chain_stale', 'no_worker', 'queue_old', 'balance_low'],
    })
    const { leases, workers } = await readRelayState(stack.database)
    expect(workers).toBe(0)
    expect(leases.map(({ isHeld }) => isHeld)).not.toContain(true)
    worker = await stack.startWorker()
    expect((await settled(id)).status).toBe('confirmed')
    await expect.poll(codes, { timeout: 10_000 }).toEqual(well)
  })

  test('error: without a database, requests cannot be served', async () => {
    await stack.database.pool.query(
      'ALTER TABLE "ChainHead" RENAME TO "ChainHeadGone"',
    )
    try {
      expect(await codes()).toEqual({
        ...{ status: 'down', codes: ['database_away'] },
      })
      const { text } = await ask('/metrics', bearer)
      expect(readLine(text, 'playkey_database_up')).toBe(0)
      expect(readLine(text, 'playkey_queue_age_seconds')).toBeNull()
    } finally {
      await stack.database.pool.query(
        'ALTER TABLE "ChainHeadGone" RENAME TO "ChainHead"',
      )
    }
  })
})

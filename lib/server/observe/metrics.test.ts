import { describe, expect, test } from 'vitest'
import { errorTable } from '@/lib/errors/error-table'
import { getMetrics } from './metrics'
import { carriesToken } from './metrics-token'
import { countRefusal, noteRequest } from './note-request'
import { noteSettledIntents, timeStage } from './note-stage'
import {
  countReplacement,
  noteReorganisation,
  noteTransaction,
} from './note-transaction'
import { getRegistry } from './registry'

/** Value of a line of the metrics; 0 when there is none. */
async function readLine(line: string): Promise<number> {
  const text = await getRegistry().metrics()
  const found = text.split('\n').find((each) => each.startsWith(`${line} `))
  return Number(found?.slice(line.length + 1) ?? 0)
}

/** Labels of all lines of a metric. */
async function linesOf(name: string): Promise<string[]> {
  const text = await getRegistry().metrics()
  return text.split('\n').filter((line) => line.startsWith(name))
}

test("behavior: names follow Prometheus' conventions, and Node's own metrics are there", async () => {
  getMetrics()
  const metrics = await getRegistry().getMetricsAsJSON()
  const own = metrics.filter(({ name }) => name.startsWith('playkey_'))
  expect(own.length).toBeGreaterThan(10)
  for (const { name, type, help } of own) {
    expect(name).toMatch(/^playkey_[a-z_]+$/)
    expect(help).toMatch(/^[A-Z].*\.$/)
    expect(String(type) === 'counter').toBe(name.endsWith('_total'))
  }
  expect(await readLine('process_start_time_seconds')).toBeGreaterThan(0)
})

// Guarantee: whatever callers send, the number of time series stays what it is.
test('security: labels take known values only', async () => {
  for (let index = 0; index < 500; index += 1) {
    noteRequest(`eth_made_up_${index}`, 'method_not_found', 1)
    countRefusal(`made_up_${index}`)
    countRefusal('constructor')
    noteTransaction({
      ...{ purpose: `made_up_${index}`, ending: 'included', intents: 1 },
      ...{ gasUsed: 1n, gasPriceWei: 1n },
    })
  }
  expect(await linesOf('playkey_requests_total')).toEqual([
    'playkey_requests_total{method="other",outcome="refused"} 500',
  ])
  expect(await linesOf('playkey_refusals_total')).toEqual([
    'playkey_refusals_total{code="other"} 1000',
  ])
  expect(await linesOf('playkey_transactions_total')).toEqual([
    'playkey_transactions_total{purpose="other",ending="included"} 500',
  ])
})

test('behavior: requests are told apart by how they ended', async () => {
  noteRequest('wallet_sendPreparedCalls', null, 12)
  noteRequest('wallet_sendPreparedCalls', 'session_unknown', 3)
  noteRequest('wallet_sendPreparedCalls', 'internal', 3)
  const method = 'method="wallet_sendPreparedCalls"'
  for (const outcome of ['ok', 'refused', 'failed'])
    expect(
      await readLine(`playkey_requests_total{${method},outcome="${outcome}"}`),
    ).toBe(1)
  expect(await readLine(`playkey_request_seconds_count{${method}}`)).toBe(3)
  expect(
    await readLine(`playkey_request_seconds_bucket{le="0.005",${method}}`),
  ).toBe(2)
})

test('behavior: every error code can be counted', async () => {
  for (const code of Object.keys(errorTable)) countRefusal(code, 2)
  for (const code of Object.keys(errorTable))
    expect(await readLine(`playkey_refusals_total{code="${code}"}`)).toBe(2)
})

test('behavior: stages are timed from 1 ms to 60 s, and a clock that runs back counts as nothing', async () => {
  for (const ms of [0.4, 30, 59_000, -5]) timeStage('mined', ms)
  const stage = 'stage="mined"'
  const bucket = (le: string) =>
    readLine(`playkey_stage_seconds_bucket{le="${le}",${stage}}`)
  expect(await bucket('0.001')).toBe(2)
  expect(await bucket('0.05')).toBe(3)
  expect(await bucket('60')).toBe(4)
  expect(await readLine(`playkey_stage_seconds_sum{${stage}}`)).toBeCloseTo(
    59.0304,
  )
})

test('behavior: an intent that never left the queue has no time of submission', async () => {
  noteSettledIntents([
    { status: 'confirmed', reason: null, queuedMs: 4, ageMs: 20 },
    {
      ...{ status: 'rejected', reason: 'sequence_used' },
      ...{ queuedMs: null, ageMs: 90_000 },
    },
  ])
  const count = (name: string, labels: string) =>
    readLine(`playkey_${name}_seconds_count{${labels}}`)
  expect(await count('intent', 'outcome="confirmed"')).toBe(1)
  expect(await count('intent', 'outcome="rejected"')).toBe(1)
  expect(await count('stage', 'stage="submitted"')).toBe(1)
})

describe('behavior: what becomes of transactions', () => {
  test('gas and what it cost', async () => {
    noteTransaction({
      ...{ purpose: 'bundle', ending: 'included', intents: 40 },
      ...{ gasUsed: 1_000_000n, gasPriceWei: 2_000_000_000n },
    })
    const purpose = 'purpose="bundle"'
    expect(await readLine(`playkey_gas_used_total{${purpose}}`)).toBe(1_000_000)
    expect(await readLine(`playkey_fees_ether_total{${purpose}}`)).toBe(0.002)
    expect(await readLine('playkey_gas_price_wei')).toBe(2_000_000_000)
    expect(await readLine('playkey_bundle_intents_bucket{le="20"}')).toBe(0)
    expect(await readLine('playkey_bundle_intents_bucket{le="50"}')).toBe(1)
  })

  test('a nonce lost, a replacement, a no-op, a re-organisation', async () => {
    expect(await linesOf('playkey_lost_nonces_total')).toEqual([
      'playkey_lost_nonces_total 0',
    ])
    noteTransaction({
      ...{ purpose: 'bundle', ending: 'dropped', intents: 2 },
      ...{ gasUsed: null, gasPriceWei: null },
    })
    countReplacement('dearer')
    countReplacement('noop')
    noteReorganisation(3n)
    expect(await readLine('playkey_lost_nonces_total')).toBe(1)
    for (const kind of ['dearer', 'noop'])
      expect(await readLine(`playkey_replacements_total{kind="${kind}"}`)).toBe(
        1,
      )
    const depth = 'playkey_reorganisation_depth_blocks_bucket'
    expect(await readLine(`${depth}{le="2"}`)).toBe(0)
    expect(await readLine(`${depth}{le="3"}`)).toBe(1)
  })
})

test('security: the token is compared whole', () => {
  const token = 'a token of sixteen'
  expect(carriesToken(`Bearer ${token}`, token)).toBe(true)
  for (const header of [
    ...[null, '', 'Bearer', 'Bearer ', token, `Basic ${token}`],
    ...[`Bearer ${token.slice(0, -1)}`, `Bearer ${token}x`, 'Bearer undefined'],
  ])
    expect(carriesToken(header, token)).toBe(false)
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RelayStack, startRelayStack } from '../testing/relay-stack'
import { settled, TestPlayer } from '../testing/test-player'
import type { Worker } from './run-worker'

let stack: RelayStack
let worker: Worker

beforeAll(async () => {
  stack = await startRelayStack()
  worker = await stack.startWorker()
})
afterAll(async () => {
  await worker?.stop()
  await stack?.stop()
})

describe('relay', () => {
  test('behavior: a first move deploys, enables and moves in one transaction', async () => {
    const player = new TestPlayer()
    await player.grant()
    const row = await settled(await player.send(await player.step()))
    expect(row).toMatchObject({ reason: null, status: 'confirmed' })
  })

  test('speed', async () => {
    const player = new TestPlayer()
    await player.grant()
    await settled(await player.send(await player.step()))
    const times: number[] = []
    for (let i = 0; i < 60; i++) {
      const intent = await player.step()
      const t = performance.now()
      const id = await player.send(intent)
      await settled(id)
      times.push(performance.now() - t)
    }
    times.sort((a, b) => a - b)
    console.log('p50', times[30], 'p90', times[54])
    const t0 = performance.now()
    const ids: `0x${string}`[] = []
    for (let i = 0; i < 300; i++)
      ids.push(await player.send(await player.step()))
    const t1 = performance.now()
    const rows = await Promise.all(ids.map((id) => settled(id)))
    console.log(
      'admit',
      t1 - t0,
      'settle',
      performance.now() - t1,
      rows.filter((r) => r.status !== 'confirmed').length,
    )
  })
})

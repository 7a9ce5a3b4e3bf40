import { zeroHash } from 'viem'
import { expect, test } from 'vitest'
import { acquireLane, MAX_LANES } from './lane-lock'

/** Exclusive locks with `ifAvailable`, as browsers have them: Node has none. */
function createLocks(): LockManager {
  const held = new Set<string>()
  return {
    request: async (
      name: string,
      _options: LockOptions,
      callback: (lock: Lock | null) => unknown,
    ) => {
      if (held.has(name)) return callback(null)
      held.add(name)
      try {
        return await callback({ name, mode: 'exclusive' })
      } finally {
        held.delete(name)
      }
    },
    query: async () => ({}),
  } as unknown as LockManager
}

test('behavior: tabs take the first free lane and free it again', async () => {
  const locks = createLocks()
  const tabs = await Promise.all(
    Array.from({ length: 3 }, () => acquireLane(zeroHash, locks)),
  )
  expect(tabs.map((tab) => tab?.lane).sort()).toEqual([0, 1, 2])
  tabs.find((tab) => tab?.lane === 0)?.release()
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect((await acquireLane(zeroHash, locks))?.lane).toBe(0)
})

test('error: no lane left', async () => {
  const locks = createLocks()
  for (let tab = 0; tab < MAX_LANES; tab += 1) {
    expect((await acquireLane(zeroHash, locks))?.lane).toBe(tab)
  }
  expect(await acquireLane(zeroHash, locks)).toBeNull()
})

test('behavior: without Web Locks a lane nobody else has', async () => {
  const lane = (await acquireLane(zeroHash, undefined))?.lane ?? 0
  expect(lane).toBeGreaterThanOrEqual(MAX_LANES)
  expect(lane).toBeLessThan(2 ** 31)
})

import { expect, test } from 'vitest'
import { SHARDS, shardOf } from './shard-of'

test.each([
  ['0x00000000000000000000000000000000000000ff', 63],
  ['0x00000000000000000000000000000000000000C0', 0],
  ['0x000000000000000000000000000000000000007f', 63],
  ['0x000000000000000000000000000000000000002A', 42],
] as const)('param: %s', (account, shard) => {
  expect(shardOf(account)).toBe(shard)
  expect(shard).toBeLessThan(SHARDS)
})

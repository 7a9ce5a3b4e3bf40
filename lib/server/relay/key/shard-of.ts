import type { Address } from 'viem'

/** Shards that the accounts fall into. */
export const SHARDS = 64

/** Shard of an account, 0 to 63: all its intents travel with the relayer key that takes this shard. */
export function shardOf(account: Address): number {
  return Number.parseInt(account.slice(-2), 16) % SHARDS
}

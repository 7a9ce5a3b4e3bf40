/** A token bucket per key, in this process's memory. */
export type RateLimiter = {
  /** Takes one token. Returns 0 when there was one, else the milliseconds until there is. */
  take(key: string, nowMs?: number): number
}

type Bucket = { tokens: number; atMs: number }

/**
 * @param burst Tokens of a full bucket.
 * @param perSecond Tokens that flow back each second.
 * @param maxKeys Buckets kept; beyond, the longest untouched are forgotten.
 */
export function createRateLimiter(
  burst: number,
  perSecond: number,
  maxKeys = 20_000,
): RateLimiter {
  const buckets = new Map<string, Bucket>()
  return {
    take(key, nowMs = Date.now()) {
      const bucket = buckets.get(key) ?? { tokens: burst, atMs: nowMs }
      buckets.delete(key)
      const refill = ((nowMs - bucket.atMs) / 1000) * perSecond
      bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, refill))
      bucket.atMs = nowMs
      // Deleted and set again, so that the map's order is the order of last use.
      buckets.set(key, bucket)
      if (buckets.size > maxKeys) {
        const oldest = buckets.keys().next().value
        if (oldest !== undefined) buckets.delete(oldest)
      }
      if (bucket.tokens < 1)
        return Math.ceil(((1 - bucket.tokens) / perSecond) * 1000)
      bucket.tokens -= 1
      return 0
    },
  }
}

import { PlaykeyError } from '@/lib/errors/base-error'
import { createRateLimiter } from '../relay/rate-limiter'

/** Limits per network address. One address may be a whole school or a load test, so they are wide; sessions have their own. */
const limiters = {
  login: createRateLimiter(60, 2),
  relay: createRateLimiter(4_000, 2_000),
  chain: createRateLimiter(400, 100),
  events: createRateLimiter(60, 5),
  action: createRateLimiter(120, 20),
}

/** Counts a request against its network address. @throws PlaykeyError `rate_limited` with `details.retryAfterMs`. */
export function limitByAddress(
  request: { headers: Headers },
  kind: keyof typeof limiters,
): void {
  const forwarded = request.headers.get('x-forwarded-for') ?? ''
  const address = forwarded.split(',')[0]?.trim().slice(0, 64) || 'unknown'
  limitBy(kind, address)
}

/** Counts one use of `kind` against `key`. @throws PlaykeyError `rate_limited` with `details.retryAfterMs`. */
export function limitBy(kind: keyof typeof limiters, key: string): void {
  const waitMs = limiters[kind].take(key)
  if (waitMs > 0)
    throw new PlaykeyError('rate_limited', {
      details: { retryAfterMs: waitMs },
    })
}

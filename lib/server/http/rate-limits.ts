import { isIPv6 } from 'node:net'
import { PlaykeyError } from '@/lib/errors/base-error'
import { createRateLimiter } from '../relay/admission/rate-limiter'

/** Limits per network address. One address may be a whole school or a load test, so they are wide; sessions have their own. */
const limiters = {
  login: createRateLimiter(60, 2),
  signIn: createRateLimiter(120, 4),
  /** Requests inside an array count one by one. */
  relay: createRateLimiter(6_000, 3_000),
  /** As above. */
  chain: createRateLimiter(1_000, 250),
  events: createRateLimiter(60, 5),
  action: createRateLimiter(120, 20),
  /** Sessions handed in: each is stored, whether it is ever used or not. */
  grant: createRateLimiter(2_000, 2_000 / 3_600),
}

/** Counts a request, or `times` of them, against its network address. @throws PlaykeyError `rate_limited` with `details.retryAfterMs`. */
export function limitByAddress(
  request: { headers: Pick<Headers, 'get'> },
  kind: keyof typeof limiters,
  times = 1,
): void {
  const address = addressOf(request.headers)
  for (let count = 0; count < times; count += 1) limitBy(kind, address)
}

/** Counts one use of `kind` against `key`. @throws PlaykeyError `rate_limited` with `details.retryAfterMs`. */
export function limitBy(kind: keyof typeof limiters, key: string): void {
  const waitMs = limiters[kind].take(key)
  if (waitMs > 0)
    throw new PlaykeyError('rate_limited', {
      details: { retryAfterMs: waitMs },
    })
}

/** The address that the nearest proxy saw; whatever stands before it in the list, the caller may have written. */
function addressOf(headers: Pick<Headers, 'get'>): string {
  const forwarded = headers.get('x-forwarded-for') ?? ''
  const nearest = forwarded.split(',').at(-1)?.trim().slice(0, 64) ?? ''
  return networkOf(nearest) || 'unknown'
}

/** An address of IPv6 stands for its network of 64 bits, in which a single household has all there are. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [front = '', back] = address.toLowerCase().split('::')
  const groups = front.split(':').filter(Boolean)
  const behind = (back ?? '').split(':').filter(Boolean)
  const zeros = back === undefined ? 0 : 8 - groups.length - behind.length
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...behind]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

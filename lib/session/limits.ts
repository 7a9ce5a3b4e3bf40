/** Longest session, in seconds, inclusive: 30 days. */
export const MAX_SESSION_SECONDS = 2_592_000
/** End of what a renewal may reach, in seconds from `validAfter`, exclusive: the duration has 24 bits. */
export const DURATION_LIMIT_SECONDS = 2 ** 24
/** Most sessions of one signature, inclusive: their number has one byte. */
export const MAX_BATCH = 255
/** Furthest an intent's expiry may lie ahead of the block, in seconds, inclusive. */
export const MAX_INTENT_TTL_SECONDS = 900
/** Most gas an intent may sign for, inclusive. */
export const MAX_CALL_GAS = 8_000_000
/** Most calls of one intent, inclusive. */
export const MAX_CALLS_PER_INTENT = 32
/** Time left below which a session is shown as expiring, in seconds, exclusive. */
export const EXPIRING_SECONDS = 120
/** Most token approvals of one intent, inclusive. */
export const MAX_APPROVALS_PER_INTENT = 8

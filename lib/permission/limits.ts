/** Most permissions of one session. */
export const MAX_PERMISSIONS = 8
/** Most calls of one permission: the chain counts in 19 bits. */
export const MAX_CALLS = 524_287
/** Most rules of one permission. */
export const MAX_RULES = 8
/** Most values of a rule that lists them. */
export const MAX_RULE_VALUES = 16
/** Last argument word that a rule can name. */
export const MAX_RULE_WORD = 31
/** Longest rule that could still be read, in characters. */
export const MAX_RULE_LENGTH = 1_400
/** Most spend limits of one session. */
export const MAX_SPEND_LIMITS = 4
/** Counter cells of a session: a permission takes one, with a period three. */
export const MAX_CELLS = 8
/** Meters of a session: value, each sum and each spend limit take one. */
export const MAX_METERS = 8
/** Shortest period, in seconds, inclusive. */
export const MIN_PERIOD_SECONDS = 60
/** Longest period, in seconds, inclusive: 30 days. */
export const MAX_PERIOD_SECONDS = 2_592_000
/** Highest amount that the chain can meter: wei, token units, sums. */
export const MAX_AMOUNT = 2n ** 112n - 1n

/** NOTIFY channels. Payloads stay under PostgreSQL's 8,000 bytes. */
export const channels = {
  /** Wakes the worker; the payload is `intent` or `task`. */
  work: 'playkey_work',
  /** RelayEvent[] as JSON, for the web processes to push to browsers. */
  event: 'playkey_event',
} as const

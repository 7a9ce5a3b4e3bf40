/** NOTIFY channels. Payloads stay under PostgreSQL's 8,000 bytes. */
export const channels = {
  /** Wakes the worker; the payload is `intent:` and whose work there is (see `Share`), `task`, `released`, `undone` or `mirror`. */
  work: 'playkey_work',
  /** RelayEvent[] as JSON, for the web processes to push to browsers. */
  event: 'playkey_event',
} as const

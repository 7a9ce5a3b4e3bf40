/** How one error is shown to each kind of caller. */
export type ErrorRow = {
  /** HTTP status. */
  http: number
  /** JSON-RPC 2.0 error code; standard where one exists, else -32000 and below. */
  jsonRpc: number
  /** EIP-1193 or EIP-5792 provider code, where the standard has one. */
  eip5792?: number
  /** How loudly the server logs it. Mistakes of callers are `debug`. */
  logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** What happened, for a player. One sentence. */
  message: string
  /** What to do next. One sentence. */
  remedy: string
}

type Level = ErrorRow['logLevel']

/** One row of the table. `logLevel` defaults to `debug`. */
export function row(
  http: number,
  jsonRpc: number,
  message: string,
  remedy: string,
  logLevel: Level = 'debug',
  eip5792?: number,
): ErrorRow {
  const base = { http, jsonRpc, logLevel, message, remedy }
  return eip5792 === undefined ? base : { ...base, eip5792 }
}

/** Remedies that several errors share. */
export const remedies = {
  renew: 'Start a new session to keep playing.',
  nextPeriod: 'Wait until the next period starts.',
  nextDay: 'Wait until a new day starts (UTC).',
  reload: 'Reload the page and try again.',
  report: 'Try again; if it happens again, tell the studio.',
  fixField: 'Correct the field that is named and send it again.',
  askStudio: 'Ask the studio: the game needs another policy.',
}

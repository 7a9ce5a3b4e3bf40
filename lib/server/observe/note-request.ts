import { type ErrorCode, errorTable } from '@/lib/errors/error-table'
import { methodParams } from '@/lib/rpc/methods'
import { getMetrics } from './metrics'

/** How a request ended: `failed` is our fault, `refused` the caller's. */
export type Outcome = 'ok' | 'refused' | 'failed'

/** Requests that are not JSON-RPC methods of the relay. */
const routes = [
  ...['chain', 'config', 'events', 'health', 'metrics', 'login/nonce'],
  ...['action', 'relay'],
]
const methods = new Set([...Object.keys(methodParams), ...routes])

/**
 * Counts an answered request.
 * @param method JSON-RPC method or route; one that does not exist counts as `other`.
 * @param code Error it was answered with; null for none.
 */
export function noteRequest(
  method: string,
  code: ErrorCode | null,
  ms: number,
): void {
  const { requests, requestSeconds } = getMetrics()
  const label = methods.has(method) ? method : 'other'
  requests.inc({ method: label, outcome: outcomeOf(code) })
  requestSeconds.observe({ method: label }, ms / 1000)
}

/** Counts a refusal of a request, or of an intent that was admitted before. What is not in the table of errors counts as `other`. */
export function countRefusal(code: string, times = 1): void {
  const label = Object.hasOwn(errorTable, code) ? code : 'other'
  getMetrics().refusals.inc({ code: label }, times)
}

function outcomeOf(code: ErrorCode | null): Outcome {
  if (code === null) return 'ok'
  return errorTable[code].http >= 500 ? 'failed' : 'refused'
}

import type { SerializedError } from '@/lib/errors/action-result'
import type { IntentHandle } from './activity'

/** Handle of an intent that was refused before it got anywhere. */
export function refusedHandle(error: SerializedError): IntentHandle {
  return {
    key: `refused-${crypto.randomUUID()}`,
    sentAt: Date.now(),
    settled: Promise.resolve({
      status: 'refused',
      id: null,
      txHash: null,
      latencyMs: null,
      error,
    }),
  }
}

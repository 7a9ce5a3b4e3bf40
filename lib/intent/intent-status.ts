import type { IntentStatus } from './intent'

/** EIP-5792 status of calls: 100 pending, 200 confirmed, 400 failed off chain for good, 500 reverted wholly. */
export type CallsStatus = 100 | 200 | 400 | 500

const callsStatus: Record<IntentStatus, CallsStatus> = {
  queued: 100,
  submitted: 100,
  confirmed: 200,
  rejected: 400,
  reverted: 500,
}

/** The one place where intent statuses meet EIP-5792. Intents are atomic, so 600 (reverted in part) never occurs. */
export function toEip5792Status(status: IntentStatus): CallsStatus {
  return callsStatus[status]
}

/** Intent status of an EIP-5792 status; null for one that Playkey never gives. */
export function fromEip5792Status(status: number): IntentStatus | null {
  if (status === 100) return 'submitted'
  if (status === 200) return 'confirmed'
  if (status === 400) return 'rejected'
  return status === 500 ? 'reverted' : null
}

/** Whether nothing more will happen to the intent, short of a re-organisation. */
export function isSettled(status: IntentStatus): boolean {
  return status !== 'queued' && status !== 'submitted'
}

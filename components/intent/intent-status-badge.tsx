import type { IntentStatus } from '@/lib/intent/intent'
import { Badge, type Tone } from '../ui/badge'

const looks: Record<IntentStatus, { tone: Tone; label: string }> = {
  queued: { tone: 'neutral', label: 'Queued' },
  submitted: { tone: 'torch', label: 'Sent' },
  confirmed: { tone: 'moss', label: 'Confirmed' },
  reverted: { tone: 'blood', label: 'Reverted' },
  rejected: { tone: 'blood', label: 'Rejected' },
}

/** Status of an intent in one word. */
export function IntentStatusBadge({ status }: { status: IntentStatus }) {
  const { tone, label } = looks[status]
  return <Badge tone={tone}>{label}</Badge>
}

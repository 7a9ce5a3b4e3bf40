import type { IntentStatus } from '@/lib/intent/intent'
import type { IntentStage } from '@/lib/intent/intent-stage'
import { Badge, type Tone } from '../ui/badge'

const looks: Record<IntentStatus, { tone: Tone; label: string }> = {
  queued: { tone: 'neutral', label: 'Queued' },
  submitted: { tone: 'torch', label: 'Sent' },
  confirmed: { tone: 'moss', label: 'Confirmed' },
  reverted: { tone: 'blood', label: 'Reverted' },
  rejected: { tone: 'blood', label: 'Rejected' },
}

const stages: Record<IntentStage, string> = {
  queued: 'Accepted, and waiting for its turn',
  submitted: 'Sent to the chain, and in no block yet',
  included: 'In a block, and not final yet',
  final: 'Final: nothing can undo it',
}

type IntentStatusBadgeProps = { status: IntentStatus; stage: IntentStage }

/** Status of an intent in one word; a lamp when it is final. */
export function IntentStatusBadge(props: IntentStatusBadgeProps) {
  const { status, stage } = props
  const { tone, label } = looks[status]
  const isFinal = stage === 'final'
  return (
    <Badge
      tone={tone}
      dot={isFinal}
      title={stages[stage]}
      className="w-24 justify-center"
    >
      {isFinal && status === 'confirmed' ? 'Final' : label}
    </Badge>
  )
}

import type { SessionState } from '@/lib/session/session'
import { Badge, type Tone } from '../ui/badge'

const looks: Record<SessionState, { tone: Tone; label: string }> = {
  pending: { tone: 'torch', label: 'Ready' },
  active: { tone: 'moss', label: 'Active' },
  expiring: { tone: 'torch', label: 'Ending soon' },
  expired: { tone: 'neutral', label: 'Expired' },
  revoked: { tone: 'blood', label: 'Revoked' },
  paused: { tone: 'relic', label: 'Paused by studio' },
}

/** State of a session in one word. */
export function SessionStateBadge(props: {
  state: SessionState
  revoking?: boolean
}) {
  if (props.revoking) {
    return (
      <Badge tone="blood" dot>
        Revoking…
      </Badge>
    )
  }
  const { tone, label } = looks[props.state]
  return (
    <Badge tone={tone} dot>
      {label}
    </Badge>
  )
}

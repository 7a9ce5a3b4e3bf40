import type { ActivityEntry, ActivityStatus } from '@/lib/client/activity'
import { Badge, type Tone } from '../ui/badge'
import { Hex } from '../ui/hex'

type ActivityListProps = { entries: readonly ActivityEntry[] }

/** More than anyone reads, and cheap to draw at key-repeat speed. */
const shownCount = 40

const looks: Record<ActivityStatus, { tone: Tone; label: string }> = {
  signing: { tone: 'neutral', label: 'Signing' },
  outbox: { tone: 'neutral', label: 'Waiting' },
  queued: { tone: 'neutral', label: 'Queued' },
  submitted: { tone: 'torch', label: 'Sent' },
  confirmed: { tone: 'moss', label: 'Confirmed' },
  reverted: { tone: 'blood', label: 'Reverted' },
  rejected: { tone: 'blood', label: 'Rejected' },
  refused: { tone: 'blood', label: 'Refused' },
  rolled_back: { tone: 'relic', label: 'Rolled back' },
}

/** The latest moves of this tab: what, how fast, and the transaction that carried each. */
export function ActivityList({ entries }: ActivityListProps) {
  if (entries.length === 0) {
    return (
      <p className="px-1 py-6 text-center text-parchment-faint text-sm">
        Your moves will appear here, each with its transaction.
      </p>
    )
  }
  return (
    <ul aria-label="Activity" className="divide-y divide-white/6">
      {entries.slice(0, shownCount).map((entry) => (
        <li
          key={entry.key}
          data-status={entry.status}
          className="flex min-h-9 items-center gap-2.5 py-1 text-[13px]"
        >
          <span className="min-w-0 flex-1 truncate">
            <span className="font-medium">{entry.label ?? entry.action}</span>
            {entry.reason && (
              <span
                title={entry.reason.message}
                className="ml-2 text-parchment-dim"
              >
                {entry.reason.message}
              </span>
            )}
          </span>
          {entry.latencyMs !== null && (
            <span className="numeric shrink-0 text-parchment-faint">
              {Math.round(entry.latencyMs)} ms
            </span>
          )}
          {entry.txHash && (
            <Hex
              value={entry.txHash}
              what="transaction hash"
              href={`/tx/${entry.txHash}`}
              aside
              className="[&>button]:hidden"
            />
          )}
          <Badge tone={looks[entry.status].tone}>
            {looks[entry.status].label}
          </Badge>
        </li>
      ))}
    </ul>
  )
}

import { memo } from 'react'
import type { ActivityEntry, ActivityStatus } from '@/lib/client/activity'
import { Badge, type Tone } from '../ui/badge'
import { shortHex } from '../ui/hex'

type ActivityListProps = { entries: readonly ActivityEntry[] }

/** More than anyone reads, and cheap to draw at key-repeat speed. */
const shownCount = 40

type Look = { tone: Tone; label: string; title?: string }

const looks: Record<ActivityStatus, Look> = {
  signing: { tone: 'neutral', label: 'Signing' },
  outbox: { tone: 'neutral', label: 'Waiting' },
  queued: { tone: 'neutral', label: 'Queued' },
  submitted: { tone: 'torch', label: 'Sent' },
  confirmed: {
    ...{ tone: 'moss', label: 'Confirmed' },
    title: 'In a block, and not final yet',
  },
  reverted: { tone: 'blood', label: 'Reverted' },
  rejected: { tone: 'blood', label: 'Rejected' },
  refused: { tone: 'blood', label: 'Refused' },
  rolled_back: { tone: 'relic', label: 'Rolled back' },
}

const final: Look = {
  ...{ tone: 'moss', label: 'Final' },
  title: 'In a block that nothing can undo',
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
        <ActivityRow key={entry.key} entry={entry} />
      ))}
    </ul>
  )
}

/** One move; drawn again only when the move itself has changed. */
const ActivityRow = memo(function ActivityRow(props: { entry: ActivityEntry }) {
  const { label, action, status, reason, latencyMs, txHash } = props.entry
  const isFinal = status === 'confirmed' && props.entry.isFinal
  const look = isFinal ? final : looks[status]
  return (
    <li
      data-status={status}
      data-final={props.entry.isFinal}
      className="flex min-h-9 items-center gap-2 py-1 text-[13px]"
    >
      <span className="min-w-0 flex-1 truncate">
        <span className="font-medium">{label ?? action}</span>
        {reason && (
          <span title={reason.message} className="ml-2 text-parchment-dim">
            {reason.message}
          </span>
        )}
      </span>
      {latencyMs !== null && (
        <span className="numeric shrink-0 text-parchment-faint">
          {Math.round(latencyMs)} ms
        </span>
      )}
      {txHash && (
        // Beside this page, so that the game is not left; no prefetching of each move's page.
        <a
          href={`/tx/${txHash}`}
          target="_blank"
          rel="noopener"
          title={txHash}
          className="whitespace-nowrap font-mono underline decoration-white/25 underline-offset-4 hover:decoration-torch"
        >
          {shortHex(txHash)}
        </a>
      )}
      {/* As wide as the longest word, so that nothing moves when it changes. */}
      <Badge
        tone={look.tone}
        dot={isFinal}
        title={look.title}
        className="w-20 justify-center"
      >
        {look.label}
      </Badge>
    </li>
  )
})

import type { ActivityEntry } from '@/lib/client/use-game-session'
import { Hex } from '../ui/hex'
import { IntentStatusBadge } from './intent-status-badge'

type ActivityListProps = { entries: ActivityEntry[] }

/** The latest moves of this tab: what, how fast, and the transaction that carried it. */
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
      {entries.map((entry) => (
        <li
          key={entry.key}
          className="flex items-center gap-3 py-1.5 text-[13px]"
        >
          <span className="min-w-0 flex-1 truncate font-medium">
            {entry.action}
            {entry.reason && (
              <span className="ml-2 font-normal text-parchment-dim">
                {entry.reason}
              </span>
            )}
          </span>
          {entry.latencyMs !== null && (
            <span className="numeric text-parchment-faint">
              {Math.round(entry.latencyMs)} ms
            </span>
          )}
          {entry.txHash && (
            <Hex
              value={entry.txHash}
              what="transaction hash"
              href={`/tx/${entry.txHash}`}
            />
          )}
          <IntentStatusBadge status={entry.status} />
        </li>
      ))}
    </ul>
  )
}

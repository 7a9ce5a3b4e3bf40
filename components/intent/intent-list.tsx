import type { IntentView } from '@/lib/session/session-view'
import { Hex } from '../ui/hex'
import { TimeAgo } from '../ui/time-ago'
import { IntentStatusBadge } from './intent-status-badge'

/** `Move × 3, Mint` from the names of the calls in order. */
function actionsOf(names: string[]): string {
  const runs: { name: string; times: number }[] = []
  for (const name of names) {
    const last = runs.at(-1)
    if (last?.name === name) last.times += 1
    else runs.push({ name, times: 1 })
  }
  return runs
    .map(({ name, times }) => (times > 1 ? `${name} × ${times}` : name))
    .join(', ')
}

/** Intents, newest first, each with the transaction that carried it. */
export function IntentList({ intents }: { intents: IntentView[] }) {
  if (intents.length === 0) {
    return <p className="text-parchment-faint text-sm">No moves yet.</p>
  }
  return (
    <ul className="divide-y divide-white/6">
      {intents.map((intent) => (
        <li
          key={intent.id}
          className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 text-sm"
        >
          <span className="min-w-24 flex-1 font-medium">
            {actionsOf(intent.actions)}
            {intent.reason && (
              <span className="ml-2 font-normal text-parchment-dim">
                {intent.reason}
              </span>
            )}
          </span>
          <IntentStatusBadge status={intent.status} stage={intent.stage} />
          {intent.txHash && (
            <Hex
              value={intent.txHash}
              what="transaction hash"
              href={`/tx/${intent.txHash}`}
            />
          )}
          <span className="w-28 text-right text-[13px] text-parchment-faint max-sm:w-auto">
            <TimeAgo at={intent.settledAt ?? intent.queuedAt} />
          </span>
        </li>
      ))}
    </ul>
  )
}

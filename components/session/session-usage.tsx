import type { PermissionView } from '@/lib/session/session-view'
import { formatEther } from '../ui/format-ether'
import { Meter } from '../ui/meter'

const count = (value: number) => value.toLocaleString('en-US')

/** How much of every limit is used, as the chain counts it. */
export function SessionUsage(props: {
  permissions: PermissionView[]
  /** The session is over. */
  muted: boolean
}) {
  return (
    <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
      {props.permissions.map((entry) => {
        const { to, signature, maxCalls, maxValue } = entry.permission
        return (
          <div key={`${to}${signature}`} className="flex flex-col gap-3">
            <Meter
              label={entry.name}
              muted={props.muted}
              used={entry.calls}
              max={maxCalls}
              text={`${count(entry.calls)} of ${count(maxCalls)}`}
            />
            {BigInt(maxValue) > 0n && (
              <Meter
                label={`${entry.name}: ETH spent`}
                muted={props.muted}
                used={Number(BigInt(entry.valueWei))}
                max={Number(BigInt(maxValue))}
                text={`${formatEther(entry.valueWei)} of ${formatEther(maxValue)}`}
              />
            )}
          </div>
        )
      })}
    </div>
  )
}

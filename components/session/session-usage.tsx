import { shortAddress } from '@/lib/permission/describe-permission'
import { describePeriod } from '@/lib/permission/period'
import { readRule } from '@/lib/permission/rule-text'
import type { PermissionView, SpendView } from '@/lib/session/session-view'
import { formatEther } from '../ui/format-ether'
import { Meter } from '../ui/meter'

/** One limit and how much of it is used. */
type Limit = {
  label: string
  used: string
  max: string
  format: (amount: string) => string
  /** Starts anew with every period. */
  isPeriodic?: boolean
}

const count = (amount: string) => BigInt(amount).toLocaleString('en-US')

/** A limit over the session and, where there is a period, the one in each. */
function withPeriod(
  total: Limit,
  period: number,
  inPeriod: { used: string; max: string },
): Limit[] {
  if (period === 0 || inPeriod.max === total.max) return [total]
  const label = `${total.label}, ${describePeriod(period)}`
  return [total, { ...total, ...inPeriod, label, isPeriodic: true }]
}

function sumLimits({ name, permission, sums }: PermissionView): Limit[] {
  const rules = permission.rules.flatMap((text) => {
    const rule = readRule(text)
    return rule?.kind === 'sum' ? [rule] : []
  })
  return rules.flatMap(({ word, max, maxPerPeriod }, index) => {
    const { total = '0', inPeriod = '0' } = sums[index] ?? {}
    const label = `${name}: sum of arg${word}`
    return withPeriod(
      { label, used: total, max, format: count },
      permission.period,
      { used: inPeriod, max: maxPerPeriod ?? max },
    )
  })
}

function permissionLimits(entry: PermissionView): Limit[] {
  const { name, permission } = entry
  const { period, maxCalls, maxCallsPerPeriod, maxValue } = permission
  const calls = withPeriod(
    {
      label: name,
      used: String(entry.calls),
      max: String(maxCalls),
      format: count,
    },
    period,
    { used: String(entry.callsInPeriod), max: String(maxCallsPerPeriod) },
  )
  const value =
    maxValue === '0'
      ? []
      : withPeriod(
          {
            label: `${name}: ETH spent`,
            used: entry.valueWei,
            max: maxValue,
            format: formatEther,
          },
          period,
          { used: entry.valueInPeriodWei, max: permission.maxValuePerPeriod },
        )
  return [...calls, ...value, ...sumLimits(entry)]
}

function spendLimits({ limit, spent, spentInPeriod }: SpendView): Limit[] {
  const label = `Spent of token ${shortAddress(limit.token)}`
  return withPeriod(
    { label, used: spent, max: limit.maxAmount, format: count },
    limit.period,
    { used: spentInPeriod, max: limit.maxAmountPerPeriod },
  )
}

function LimitMeter({ limit, muted }: { limit: Limit; muted: boolean }) {
  const { label, used, max, format } = limit
  return (
    <Meter
      label={label}
      muted={muted}
      used={Number(used)}
      max={Number(max)}
      text={`${format(used)} of ${format(max)}`}
    />
  )
}

type SessionUsageProps = {
  permissions: PermissionView[]
  spends: SpendView[]
  /** The session is over, and with it every period. */
  muted: boolean
}

/** How much of every limit is used, as the chain counts it: a group of meters per permission and per token. */
export function SessionUsage(props: SessionUsageProps) {
  const { muted } = props
  const groups = [
    ...props.permissions.map((entry) => ({
      key: entry.permission.to + entry.permission.signature,
      limits: permissionLimits(entry),
    })),
    ...props.spends.map((spend) => ({
      key: spend.token,
      limits: spendLimits(spend),
    })),
  ]
  return (
    <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
      {groups.map(({ key, limits }) => (
        <div key={key} className="flex min-w-0 flex-col gap-3">
          {limits
            .filter(({ isPeriodic }) => !(muted && isPeriodic))
            .map((limit) => (
              <LimitMeter key={limit.label} limit={limit} muted={muted} />
            ))}
        </div>
      ))}
    </div>
  )
}

import Link from 'next/link'
import type { AuditRow } from '@/lib/session/admin-view'
import { Badge, type Tone } from '../ui/badge'
import { Hex, shortHex } from '../ui/hex'
import { Identicon } from '../ui/identicon'
import { TimeAgo } from '../ui/time-ago'

const words: Record<string, string> = {
  'session.revoke': 'revoked a session',
  'policy.publish': 'published a policy version',
  'policy.pause': 'paused a policy version',
  'policy.unpause': 'unpaused a policy version',
}

const tones: Record<NonNullable<AuditRow['status']>, [Tone, string]> = {
  queued: ['neutral', 'Waiting for the worker'],
  submitted: ['torch', 'Sent to the chain'],
  done: ['moss', 'On chain'],
  failed: ['blood', 'Failed'],
}

function AuditStatus({ row }: { row: AuditRow }) {
  if (!row.status) return null
  const [tone, label] = tones[row.status]
  return <Badge tone={tone}>{label}</Badge>
}

/** The audit log: who did what to whom, and why. */
export function AuditList({ rows }: { rows: AuditRow[] }) {
  return (
    <ol className="divide-y divide-white/6">
      {rows.map((row) => (
        <li
          key={row.id}
          className="flex gap-3 py-4 text-sm first:pt-0 last:pb-0"
        >
          <Identicon address={row.actorAddress} className="mt-0.5 size-7" />
          <div className="min-w-0 flex-1">
            <p className="leading-relaxed">
              <Hex value={row.actorAddress} what="actor address" />{' '}
              {words[row.action] ?? row.action}{' '}
              <Hex value={row.subject} what="subject" />
              {row.account && (
                <>
                  {' '}
                  of{' '}
                  <Link
                    href={`/admin/players/${row.account}`}
                    title={row.account}
                    className="font-mono text-[13px] underline decoration-white/25 underline-offset-4 hover:decoration-torch"
                  >
                    {shortHex(row.account)}
                  </Link>
                </>
              )}
            </p>
            {row.reason && (
              <p className="mt-1 text-parchment-dim">“{row.reason}”</p>
            )}
            <p className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-[13px] text-parchment-faint">
              <TimeAgo at={row.createdAt} />
              <AuditStatus row={row} />
              {row.txHash && (
                <Hex
                  value={row.txHash}
                  what="transaction hash"
                  href={`/tx/${row.txHash}`}
                />
              )}
            </p>
          </div>
        </li>
      ))}
    </ol>
  )
}

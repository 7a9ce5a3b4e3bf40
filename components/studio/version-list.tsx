'use client'

import type { PolicyVersionView } from '@/lib/policy/studio-view'
import { Badge } from '../ui/badge'
import { Disclosure } from '../ui/disclosure'
import { formatDuration, formatTime } from '../ui/format-duration'
import { Hex } from '../ui/hex'
import { TimeAgo } from '../ui/time-ago'
import { PauseControl } from './pause-control'
import { Changes } from './publish-panel'
import type { StudioActions } from './studio-actions'

function VersionStatus({ version }: { version: PolicyVersionView }) {
  if (version.status === 'publishing') {
    return (
      <Badge tone="torch" dot>
        Publishing…
      </Badge>
    )
  }
  if (version.status === 'failed') {
    return (
      <Badge tone="blood" dot>
        Failed
      </Badge>
    )
  }
  if (version.pauseTask) {
    return (
      <Badge tone="relic" dot>
        {version.pauseTask === 'pause' ? 'Pausing…' : 'Unpausing…'}
      </Badge>
    )
  }
  const paused =
    version.pausedIndefinitely || version.pausedUntil * 1_000 > Date.now()
  return paused ? (
    <Badge tone="relic" dot>
      {version.pausedIndefinitely
        ? 'Paused'
        : `Paused until ${formatTime(version.pausedUntil * 1_000)}`}
    </Badge>
  ) : (
    <Badge tone="moss" dot>
      Live
    </Badge>
  )
}

type VersionListProps = {
  versions: PolicyVersionView[]
  actions: StudioActions
  onChanged: () => void
}

/** Published versions, newest first, with their pause switch. */
export function VersionList({
  versions,
  actions,
  onChanged,
}: VersionListProps) {
  return (
    <section aria-label="Versions" className="surface p-5 sm:p-6">
      <h3 className="font-semibold">Versions</h3>
      {versions.length === 0 && (
        <p className="mt-1 text-parchment-dim text-sm">
          Nothing published yet. Players can play once version 1 is live.
        </p>
      )}
      <ul className="mt-2 divide-y divide-white/6">
        {versions.map((version) => (
          <li
            key={version.id}
            aria-label={`Version ${version.version}`}
            className="flex flex-wrap items-start gap-x-4 gap-y-3 py-4 last:pb-0"
          >
            <div className="min-w-0 flex-1 basis-72">
              <div className="flex flex-wrap items-center gap-3">
                <h4 className="font-medium">Version {version.version}</h4>
                <VersionStatus version={version} />
                <span
                  className="text-[13px] text-parchment-faint"
                  suppressHydrationWarning
                >
                  <TimeAgo at={version.createdAt} />
                </span>
              </div>
              <p className="mt-1 text-parchment-dim text-sm">
                {liveSessions(version.activeSessions)},{' '}
                {version.totalSessions.toLocaleString('en-US')} granted in all,
                up to {formatDuration(version.maxDurationSeconds)} each
              </p>
              {version.error && (
                <p className="mt-1 text-blood text-sm">{version.error}</p>
              )}
              <Changes changes={version.changes} />
              <Disclosure summary="On chain" className="mt-2">
                <VersionFacts version={version} />
              </Disclosure>
            </div>
            {version.status === 'published' && !version.pauseTask && (
              <PauseControl
                version={version}
                actions={actions}
                onChanged={onChanged}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function VersionFacts({ version }: { version: PolicyVersionView }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-1 text-[13px] [&>dt]:text-parchment-faint">
      <dt>Policy id</dt>
      <dd>
        <Hex value={version.id} what="policy id" />
      </dd>
      <dt>Document hash</dt>
      <dd>
        <Hex value={version.documentHash} what="document hash" />
      </dd>
      <dt>Owner</dt>
      <dd>
        <Hex value={version.owner} what="owner" />
      </dd>
      <dt>May also revoke</dt>
      <dd>
        {version.revokers.map((revoker) => (
          <Hex key={revoker} value={revoker} what="revoker" />
        ))}
      </dd>
      {version.publishedTxHash && (
        <>
          <dt>Transaction</dt>
          <dd>
            <Hex
              value={version.publishedTxHash}
              what="transaction hash"
              href={`/tx/${version.publishedTxHash}`}
            />
          </dd>
        </>
      )}
    </dl>
  )
}

function liveSessions(count: number): string {
  return `${count.toLocaleString('en-US')} live ${count === 1 ? 'session' : 'sessions'}`
}

import type { ReactNode } from 'react'
import type { SessionView } from '@/lib/session/session-view'
import { formatDuration, formatTime } from '../ui/format-duration'
import { Hex } from '../ui/hex'
import { TimeAgo } from '../ui/time-ago'

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-[13px] text-parchment-faint">{name}</dt>
      <dd className="mt-0.5 text-sm">{children}</dd>
    </div>
  )
}

const refusalsOf = (session: SessionView) =>
  Object.entries(session.play?.refusals ?? {})
    .map(([code, times]) => `${code.replaceAll('_', ' ')} × ${times}`)
    .join(', ')

/** How many moves there are, by how sure they are. */
function movesOf({ intents }: SessionView): string {
  const { queued, submitted, confirmed, reverted, included } = intents
  const parts: [number, string][] = [
    [Math.max(0, confirmed + reverted - included), 'final'],
    [included, 'in blocks that are not final yet'],
    [submitted, 'sent'],
    [queued, 'queued'],
  ]
  const words = parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count.toLocaleString('en-US')} ${word}`)
  return words.join(', ') || 'none yet'
}

/** What is known of a session, for those who want to know. */
export function SessionFacts({ session }: { session: SessionView }) {
  const { play } = session
  const refusals = refusalsOf(session)
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-4">
      <Fact name="Session id">
        <Hex value={session.id} what="session id" />
      </Fact>
      <Fact name="Account">
        <Hex value={session.account} what="account" />
      </Fact>
      <Fact name="Session key">
        <Hex value={session.key.publicKey} what="public key" />
        <span className="ml-1 text-parchment-faint text-xs">
          {session.key.scheme === 'p256' ? 'P-256' : 'secp256k1'}
        </span>
      </Fact>
      <Fact name="Window">
        {formatTime(session.validAfter * 1_000)} to{' '}
        {formatTime(session.validUntil * 1_000)}
      </Fact>
      {session.activatedTxHash && (
        <Fact name="Enabled in">
          <Hex
            value={session.activatedTxHash}
            what="transaction hash"
            href={`/tx/${session.activatedTxHash}`}
          />
        </Fact>
      )}
      {session.revokedTxHash && (
        <Fact name="Revoked in">
          <Hex
            value={session.revokedTxHash}
            what="transaction hash"
            href={`/tx/${session.revokedTxHash}`}
          />
        </Fact>
      )}
      <Fact name="Moves">{movesOf(session)}</Fact>
      {play && <Fact name="Play time">{formatDuration(play.playSeconds)}</Fact>}
      {play?.latencyAverageMs != null && (
        <Fact name="Latency seen by the player">
          {Math.round(play.latencyAverageMs)} ms on average
          {play.latencyMaxMs != null && `, ${play.latencyMaxMs} ms at most`}
        </Fact>
      )}
      {play && (
        <Fact name="Last seen">
          <TimeAgo at={play.lastSeenAt} />
        </Fact>
      )}
      {refusals && <Fact name="Refused before sending">{refusals}</Fact>}
    </dl>
  )
}

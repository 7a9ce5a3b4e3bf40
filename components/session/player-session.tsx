'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import {
  type ExtendActions,
  useExtendSession,
} from '@/lib/client/use-extend-session'
import {
  type RevokeOwnSession,
  useRevokeSession,
} from '@/lib/client/use-revoke-session'
import { type ErrorCode, errorTable } from '@/lib/errors/error-table'
import type { PublicConfig } from '@/lib/rpc/public-config'
import type { RenewalView, SessionView } from '@/lib/session/session-view'
import { Button } from '../ui/button'
import { formatTime } from '../ui/format-duration'
import { Notice } from '../ui/notice'
import { useRefreshWhile } from '../ui/use-refresh-while'
import { ExtendDialog } from './extend-dialog'
import { RevokeDialog } from './revoke-dialog'
import { isRevoking, SessionCard } from './session-card'

/** States that a later end can follow. */
const isExtendable = ({ status, state }: SessionView) =>
  status === 'active' && (state === 'active' || state === 'expiring')

function RenewalNotice({ renewal }: { renewal: RenewalView }) {
  const until = formatTime(renewal.validUntil * 1_000)
  return renewal.error === null ? (
    <Notice title={`Extended until ${until}`}>
      Your next move carries it to the chain.
    </Notice>
  ) : (
    <Notice tone="warn" title="The chain did not accept the later end">
      {errorTable[renewal.error as ErrorCode]?.message ?? renewal.error}
    </Notice>
  )
}

type PlayerSessionProps = {
  session: SessionView
  config: PublicConfig
  actions: ExtendActions & { revoke: RevokeOwnSession }
}

/** One of the player's own sessions, with Extend where this browser holds its key, and Revoke. */
export function PlayerSession({
  session,
  config,
  actions,
}: PlayerSessionProps) {
  const router = useRouter()
  const [dialog, setDialog] = useState<'extend' | 'revoke' | null>(null)
  const [asked, setAsked] = useState(false)
  const revocation = useRevokeSession({ config, revoke: actions.revoke })
  const extension = useExtendSession(session, { config, actions })
  const revoking =
    isRevoking(session) || (asked && session.status !== 'revoked')

  useRefreshWhile(revoking)

  return (
    <>
      <SessionCard
        session={session}
        revoking={revoking}
        action={
          <span className="flex gap-2">
            {extension.canExtend && isExtendable(session) && !revoking && (
              <Button size="sm" onClick={() => setDialog('extend')}>
                Extend
              </Button>
            )}
            <Button
              variant="danger"
              size="sm"
              disabled={revoking}
              onClick={() => setDialog('revoke')}
            >
              {revoking ? 'Revoking…' : 'Revoke'}
            </Button>
          </span>
        }
      >
        {revoking && (
          <Notice title="Stopped, waiting for the chain">
            No further move of this session is accepted. It is final as soon as
            the chain has it.
          </Notice>
        )}
        {session.grantError && (
          <Notice tone="warn" title="The chain did not accept this session">
            {session.grantError}
          </Notice>
        )}
        {session.renewal && <RenewalNotice renewal={session.renewal} />}
      </SessionCard>
      {dialog === 'extend' && (
        <ExtendDialog
          session={session}
          prepare={extension.prepare}
          confirm={extension.confirm}
          onExtended={() => {
            setDialog(null)
            router.refresh()
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'revoke' && (
        <RevokeDialog
          gameName={session.game?.name ?? 'game'}
          revoke={async () => {
            await revocation.revoke(session)
          }}
          onClose={() => setDialog(null)}
          onRevoked={() => {
            setDialog(null)
            setAsked(true)
            router.refresh()
          }}
        />
      )}
    </>
  )
}

'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import {
  type RevokeOwnSession,
  useRevokeSession,
} from '@/lib/client/use-revoke-session'
import type { PublicConfig } from '@/lib/rpc/public-config'
import type { SessionView } from '@/lib/session/session-view'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { useRefreshWhile } from '../ui/use-refresh-while'
import { RevokeDialog } from './revoke-dialog'
import { isRevoking, SessionCard } from './session-card'

type PlayerSessionProps = {
  session: SessionView
  config: PublicConfig
  revoke: RevokeOwnSession
}

/** One of the player's own sessions, with Revoke. */
export function PlayerSession({ session, config, revoke }: PlayerSessionProps) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [asked, setAsked] = useState(false)
  const revocation = useRevokeSession({ config, revoke })
  const revoking =
    isRevoking(session) || (asked && session.status !== 'revoked')

  useRefreshWhile(revoking)

  return (
    <>
      <SessionCard
        session={session}
        revoking={revoking}
        action={
          <Button
            variant="danger"
            size="sm"
            disabled={revoking}
            onClick={() => setOpen(true)}
          >
            {revoking ? 'Revoking…' : 'Revoke'}
          </Button>
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
      </SessionCard>
      {open && (
        <RevokeDialog
          gameName={session.game?.name ?? 'game'}
          revoke={async () => {
            await revocation.revoke(session)
          }}
          onClose={() => setOpen(false)}
          onRevoked={() => {
            setOpen(false)
            setAsked(true)
            router.refresh()
          }}
        />
      )}
    </>
  )
}

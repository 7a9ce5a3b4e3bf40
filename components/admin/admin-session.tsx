'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { ActionResult } from '@/lib/errors/action-result'
import type { AdminSessionView, RevokeView } from '@/lib/session/admin-view'
import { isRevoking, SessionCard } from '../session/session-card'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { useRefreshWhile } from '../ui/use-refresh-while'
import { AdminRevokeDialog } from './admin-revoke-dialog'

export type RevokeAsAdmin = (input: {
  sessionId: string
  reason: string
}) => Promise<ActionResult<RevokeView>>

type AdminSessionProps = { session: AdminSessionView; revoke: RevokeAsAdmin }

/** One session as staff see it, with Revoke and its confirmation by the chain. */
export function AdminSession({ session, revoke }: AdminSessionProps) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [asked, setAsked] = useState(false)
  const revoking =
    session.status !== 'revoked' &&
    (asked || isRevoking(session) || session.revokeRequestedAt !== null)

  useRefreshWhile(revoking && !session.revokeError)

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
            {revoking ? 'Revoking…' : 'Revoke session'}
          </Button>
        }
      >
        {revoking && !session.revokeError && (
          <Notice title="Stopped at the relay, waiting for the chain">
            No further move of this session is accepted. The revocation is final
            as soon as the chain has it.
          </Notice>
        )}
        {session.revokeError && (
          <Notice tone="danger" title="The chain has not taken the revocation">
            {session.revokeError} The relay refuses the session meanwhile.
          </Notice>
        )}
        {asked && session.status === 'revoked' && (
          <Notice title="Revoked on chain">
            The session key can do nothing any more.
          </Notice>
        )}
        {session.disagreement && (
          <Notice tone="warn" title="Database and chain disagree">
            {session.disagreement}
          </Notice>
        )}
      </SessionCard>
      {open && (
        <AdminRevokeDialog
          session={session}
          revoke={revoke}
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

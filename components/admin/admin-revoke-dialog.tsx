'use client'

import { type FormEvent, useId, useState, useTransition } from 'react'
import type { SerializedError } from '@/lib/errors/action-result'
import type { AdminSessionView } from '@/lib/session/admin-view'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextareaField } from '../ui/field'
import { ErrorNotice } from '../ui/notice'
import type { RevokeAsAdmin } from './admin-session'

type AdminRevokeDialogProps = {
  session: AdminSessionView
  revoke: RevokeAsAdmin
  onClose: () => void
  onRevoked: () => void
}

/** Asks for the reason, which the player will read and the audit log keeps. */
export function AdminRevokeDialog(props: AdminRevokeDialogProps) {
  const { session, revoke, onClose, onRevoked } = props
  const id = useId()
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const [error, setError] = useState<SerializedError | null>(null)
  const [revoking, startRevoking] = useTransition()
  const words = reason.trim()
  const tooShort = words.length < 3

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (tooShort) return
    startRevoking(async () => {
      const result = await revoke({ sessionId: session.id, reason: words })
      if (result.ok) onRevoked()
      else setError(result.error)
    })
  }

  return (
    <Dialog
      title="Revoke this session?"
      description="The player is stopped within a second and reads your reason. It is final: they must sign a new session to play on."
      onClose={onClose}
      locked={revoking}
      footer={
        <div className="flex justify-end gap-2">
          <Button variant="ghost" onClick={onClose} disabled={revoking}>
            Cancel
          </Button>
          <Button
            variant="danger"
            type="submit"
            form={`${id}-form`}
            pending={revoking}
          >
            Revoke session
          </Button>
        </div>
      }
    >
      <form id={`${id}-form`} onSubmit={submit} noValidate>
        {error && <ErrorNotice error={error} className="mb-4" />}
        <TextareaField
          id={`${id}-reason`}
          label="Reason"
          required
          maxLength={300}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          hint="3 to 300 characters. The player sees it."
          error={
            tried && tooShort ? 'Give a reason of 3 characters or more.' : null
          }
        />
      </form>
    </Dialog>
  )
}

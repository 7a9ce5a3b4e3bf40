'use client'

import { useState } from 'react'
import {
  type SerializedError,
  serializeError,
} from '@/lib/errors/action-result'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { ErrorNotice } from '../ui/notice'

type RevokeDialogProps = {
  gameName: string
  /** Resolves once the revocation is accepted; the chain follows. */
  revoke: () => Promise<void>
  onRevoked: () => void
  onClose: () => void
}

/** Asks the player once more before a session ends for good. */
export function RevokeDialog(props: RevokeDialogProps) {
  const { gameName, revoke, onRevoked, onClose } = props
  const [revoking, setRevoking] = useState(false)
  const [error, setError] = useState<SerializedError | null>(null)

  const confirm = async () => {
    setRevoking(true)
    setError(null)
    try {
      await revoke()
      onRevoked()
    } catch (cause) {
      setRevoking(false)
      setError(serializeError(cause))
    }
  }

  return (
    <Dialog
      title={`End this ${gameName} session?`}
      onClose={onClose}
      locked={revoking}
      footer={
        <div className="flex justify-end gap-2">
          <Button variant="ghost" onClick={onClose} disabled={revoking}>
            Keep playing
          </Button>
          <Button variant="danger" onClick={confirm} pending={revoking}>
            {revoking ? 'Revoking…' : 'Revoke session'}
          </Button>
        </div>
      }
    >
      {error && <ErrorNotice error={error} className="mb-4" />}
      <ul className="list-disc space-y-2 pl-4 text-parchment-dim text-sm leading-relaxed marker:text-torch">
        <li>The relay stops this session at once.</li>
        <li>
          The revocation goes on chain, where nobody can undo it. Once it is
          there, this browser wipes the session key.
        </li>
        <li>
          What you own stays yours. To play on, sign a new session. If this
          browser no longer holds the key, your wallet asks for one signature.
        </li>
      </ul>
    </Dialog>
  )
}

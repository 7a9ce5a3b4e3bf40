'use client'

import { useId, useState, useTransition } from 'react'
import { useWalletSignature } from '@/lib/client/use-wallet-signature'
import {
  type SerializedError,
  serializeError,
} from '@/lib/errors/action-result'
import type { PolicyVersionView } from '@/lib/policy/studio-view'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { InputField } from '../ui/field'
import { ErrorNotice } from '../ui/notice'
import type { StudioActions } from './studio-actions'

type PauseControlProps = {
  version: PolicyVersionView
  actions: StudioActions
  onChanged: () => void
}

/** Emergency stop of a version, and the slower way back. */
export function PauseControl(props: PauseControlProps) {
  const { version } = props
  if (version.pausedIndefinitely) return <UnpauseButton {...props} />
  return <PauseButton {...props} />
}

function PauseButton({ version, actions, onChanged }: PauseControlProps) {
  const id = useId()
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const [error, setError] = useState<SerializedError | null>(null)
  const [pausing, startPausing] = useTransition()

  const pause = () =>
    startPausing(async () => {
      const words = reason.trim()
      const result = await actions.pause({
        policyId: version.id,
        ...(words ? { reason: words } : {}),
      })
      setError(result.ok ? null : result.error)
      if (!result.ok) return
      setOpen(false)
      onChanged()
    })

  return (
    <>
      <Button
        variant="danger"
        size="sm"
        aria-label={`Pause version ${version.version}`}
        onClick={() => setOpen(true)}
      >
        Pause
      </Button>
      {open && (
        <Dialog
          title={`Pause version ${version.version}?`}
          description={`Every session of this version stops at once (${version.activeSessions.toLocaleString('en-US')} now). Unpausing takes effect one hour after the studio's wallet has signed it.`}
          onClose={() => setOpen(false)}
          locked={pausing}
          footer={
            <div className="flex justify-end gap-2">
              <Button
                variant="ghost"
                onClick={() => setOpen(false)}
                disabled={pausing}
              >
                Cancel
              </Button>
              <Button variant="danger" onClick={pause} pending={pausing}>
                Pause all sessions
              </Button>
            </div>
          }
        >
          {error && <ErrorNotice error={error} className="mb-4" />}
          <InputField
            id={`${id}-reason`}
            label="Reason, for the audit log"
            value={reason}
            maxLength={300}
            onChange={(event) => setReason(event.target.value)}
          />
        </Dialog>
      )}
    </>
  )
}

function UnpauseButton({ version, actions, onChanged }: PauseControlProps) {
  const sign = useWalletSignature(version.owner)
  const [error, setError] = useState<SerializedError | null>(null)
  const [unpausing, startUnpausing] = useTransition()

  const unpause = () =>
    startUnpausing(async () => {
      setError(null)
      const request = await actions.prepareUnpause({ policyId: version.id })
      if (!request.ok) return setError(request.error)
      try {
        const signature = await sign(request.data.typedData)
        const result = await actions.unpause({
          policyId: version.id,
          signature,
        })
        if (!result.ok) return setError(result.error)
        onChanged()
      } catch (cause) {
        setError(serializeError(cause))
      }
    })

  return (
    <div className="flex max-w-sm flex-col items-end gap-2">
      <Button
        size="sm"
        aria-label={`Unpause version ${version.version}`}
        onClick={unpause}
        pending={unpausing}
      >
        Unpause
      </Button>
      {error && <ErrorNotice error={error} />}
    </div>
  )
}

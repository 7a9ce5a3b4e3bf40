'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import type { GrantPreview } from '@/lib/client/grant-preview'
import {
  type SerializedError,
  serializeError,
} from '@/lib/errors/action-result'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { ErrorNotice } from '../ui/notice'
import { Skeleton } from '../ui/skeleton'
import { ConsentSummary } from './consent-summary'
import { DurationPicker, defaultDuration } from './duration-picker'
import { TypedDataView } from './typed-data-view'

const tokensOf = ({ session }: GrantPreview) =>
  session.terms.spendLimits.map(({ token }) => token)

type GrantDialogProps = {
  title: string
  description: string
  /** What the button says that asks for the signature. */
  action: string
  /** Longest session the policy allows, in seconds. */
  maxSeconds: number
  prepareGrant: (durationSeconds: number) => Promise<GrantPreview>
  /** Exactly one prompt of the wallet. */
  confirmGrant: (preview: GrantPreview) => Promise<void>
  onGranted: () => void
  onClose: () => void
}

/**
 * Asks the player for a session, or for a later end of one. All that it tells is generated from the
 * struct of the preview, which is the very one that gets signed.
 */
export function GrantDialog(props: GrantDialogProps) {
  const {
    title,
    description,
    action,
    maxSeconds,
    confirmGrant,
    onGranted,
    onClose,
  } = props
  const [seconds, setSeconds] = useState(() => defaultDuration(maxSeconds))
  const { preview, isCurrent, error, setError, loading, reload } = usePreview(
    props.prepareGrant,
    seconds,
  )
  const [signing, setSigning] = useState(false)

  const sign = async () => {
    if (!preview || !isCurrent) return
    setSigning(true)
    setError(null)
    try {
      await confirmGrant(preview)
      onGranted()
    } catch (cause) {
      setSigning(false)
      setError(serializeError(cause))
    }
  }

  return (
    <Dialog
      title={title}
      description={description}
      onClose={onClose}
      locked={signing}
      footer={
        <div className="flex flex-col gap-2">
          <Button
            variant="primary"
            size="lg"
            onClick={sign}
            pending={signing}
            disabled={!isCurrent}
            className="w-full"
          >
            {signing ? 'Waiting for your wallet…' : action}
          </Button>
          <p className="text-center text-[13px] text-parchment-faint">
            No gas to pay. You can end it at any time.
          </p>
        </div>
      }
    >
      <div className="flex flex-col gap-5" aria-busy={loading}>
        {error && (
          <ErrorNotice
            error={error}
            action={
              <Button size="sm" onClick={reload}>
                Try again
              </Button>
            }
          />
        )}
        <DurationPicker
          seconds={seconds}
          maxSeconds={maxSeconds}
          disabled={signing}
          onChange={setSeconds}
        />
        {preview ? (
          <div className={loading ? 'opacity-50' : undefined}>
            <ConsentSummary
              consent={preview.description}
              tokens={tokensOf(preview)}
              showWindow
            />
            <div className="mt-5">
              <TypedDataView typedData={preview.typedData} />
            </div>
          </div>
        ) : (
          !error && <PreviewSkeleton />
        )}
      </div>
    </Dialog>
  )
}

/** The session to sign for a duration; follows the duration, last request wins. */
function usePreview(
  prepareGrant: GrantDialogProps['prepareGrant'],
  seconds: number,
) {
  const [prepared, setPrepared] = useState<{
    preview: GrantPreview
    seconds: number
  } | null>(null)
  const [error, setError] = useState<SerializedError | null>(null)
  const [loading, setLoading] = useState(true)
  const latest = useRef(0)
  const prepare = useRef(prepareGrant)
  prepare.current = prepareGrant

  const reload = useCallback(async () => {
    latest.current += 1
    const turn = latest.current
    setLoading(true)
    try {
      const next = await prepare.current(seconds)
      if (turn !== latest.current) return
      setPrepared({ preview: next, seconds })
      setError(null)
    } catch (cause) {
      if (turn === latest.current) setError(serializeError(cause))
    }
    if (turn === latest.current) setLoading(false)
  }, [seconds])

  useEffect(() => {
    // Typing a custom duration asks once, after the last key.
    const timer = setTimeout(reload, 150)
    return () => clearTimeout(timer)
  }, [reload])

  // What can be signed is never older than what is chosen: until the new preview is there, the last one only shows through.
  const isCurrent = prepared?.seconds === seconds && !loading
  return {
    preview: prepared?.preview ?? null,
    error,
    setError,
    loading: !isCurrent && !error,
    isCurrent,
    reload,
  }
}

function PreviewSkeleton() {
  return (
    <div className="space-y-2">
      <p role="status" className="sr-only">
        Preparing the session
      </p>
      <Skeleton className="h-24" />
      <Skeleton className="h-24" />
      <Skeleton className="h-16" />
    </div>
  )
}

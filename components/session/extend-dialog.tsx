import type { GrantPreview } from '@/lib/client/grant-preview'
import type { SessionView } from '@/lib/session/session-view'
import { GrantDialog } from './grant-dialog'

type ExtendDialogProps = {
  session: Pick<SessionView, 'game' | 'maxDurationSeconds'>
  /** No prompt. */
  prepare: (durationSeconds: number) => Promise<GrantPreview>
  /** Exactly one prompt of the wallet. */
  confirm: (preview: GrantPreview) => Promise<void>
  onExtended: () => void
  onClose: () => void
}

/** Asks the player for a later end of a session, at most as far off as its policy allows. */
export function ExtendDialog(props: ExtendDialogProps) {
  const { session, prepare, confirm, onExtended, onClose } = props
  return (
    <GrantDialog
      title={`Extend this ${session.game?.name ?? 'game'} session?`}
      description="The same key with the same limits, until later. What it has used stays used."
      action="Sign once and extend"
      maxSeconds={session.maxDurationSeconds}
      prepareGrant={prepare}
      confirmGrant={confirm}
      onGranted={onExtended}
      onClose={onClose}
    />
  )
}

'use client'

import { useCallback, useEffect, useState } from 'react'
import { useConfig } from 'wagmi'
import { unwrapResult } from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { PublicConfig } from '@/lib/rpc/public-config'
import { toSessionJson } from '@/lib/session/session-json'
import type { SessionView } from '@/lib/session/session-view'
import type { GameActions } from './game-actions'
import type { GrantPreview } from './grant-preview'
import { findHeldRecord, openKeyStore } from './key-store'
import { buildRenewalPreview } from './renewal-preview'
import { ServerClock } from './server-clock'
import { signWithOwner } from './wallet-signature'

/** Server actions that a longer session needs. */
export type ExtendActions = Pick<GameActions, 'prepareRenewal' | 'grant'>

/** A later end for a session whose key this browser holds: same key, same terms, one signature. Functions throw PlaykeyError. */
export function useExtendSession(
  session: SessionView,
  options: { config: PublicConfig; actions: ExtendActions },
): {
  /** Known only after the first rendering. */
  canExtend: boolean
  /** No prompt. */
  prepare: (durationSeconds: number) => Promise<GrantPreview>
  /** Exactly one prompt. */
  confirm: (preview: GrantPreview) => Promise<void>
} {
  const wagmi = useConfig()
  const { config, actions } = options
  const { id, ownerAddress } = session
  const [clock] = useState(() => new ServerClock(config.serverTimeMs))
  const [canExtend, setCanExtend] = useState(false)
  useEffect(() => {
    findHeldRecord(id).then(
      (record) => setCanExtend(record !== null),
      () => setCanExtend(false),
    )
  }, [id])

  const prepare = async (durationSeconds: number) => {
    const record = await findHeldRecord(id)
    if (!record || !ownerAddress) throw new PlaykeyError('session_key_missing')
    const { chainId, sessionManager } = config
    const renewal = { sessionId: id, durationSeconds }
    return buildRenewalPreview({
      proposal: unwrapResult(await actions.prepareRenewal(renewal)),
      ...{ record, view: session, durationSeconds, ownerAddress },
      domain: { chainId, sessionManager },
      nowSeconds: clock.nowSeconds(),
    })
  }

  const confirm = useCallback(
    async ({ session, owner, typedData }: GrantPreview) => {
      const record = await findHeldRecord(id)
      if (!record || !ownerAddress) {
        throw new PlaykeyError('session_key_missing')
      }
      const signature = await signWithOwner(wagmi, ownerAddress, typedData)
      const json = toSessionJson(session)
      unwrapResult(await actions.grant({ session: json, owner, signature }))
      const keyStore = await openKeyStore()
      await keyStore.saveRecord({ ...record, session: json })
    },
    [wagmi, id, ownerAddress, actions],
  )
  return { canExtend, prepare, confirm }
}

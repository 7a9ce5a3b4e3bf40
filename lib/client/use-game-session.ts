'use client'

import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useConfig } from 'wagmi'
import type { IntentHandle, Rollback } from './activity'
import type { SendMeta } from './build-send-request'
import type { GameSessionOptions } from './game-actions'
import { GameSessionController } from './game-session'
import type { GameSessionSnapshot } from './game-session-state'
import type { GrantPreview } from './grant-preview'
import { signWithOwner } from './wallet-signature'

export type { GameActions } from './game-actions'
export type { GameSessionState } from './game-session-state'
export type { GrantPreview } from './grant-preview'

/** A game session as a component uses it. Functions keep their identity. */
export type GameSession = GameSessionSnapshot & {
  /** No prompt. @throws PlaykeyError */
  prepareGrant: (durationSeconds: number) => Promise<GrantPreview>
  /** A later end of the same session, where `canExtend`. No prompt. @throws PlaykeyError */
  prepareExtension: (durationSeconds: number) => Promise<GrantPreview>
  /** Exactly one prompt, for either preview. @throws PlaykeyError */
  confirmGrant: (preview: GrantPreview) => Promise<void>
  /** Returns at once, never prompts, never throws. `actionIndex` counts the policy's actions. */
  send: (
    actionIndex: number,
    args: readonly unknown[],
    meta?: SendMeta,
  ) => IntentHandle
  clearRefusal: () => void
  /** No prompt when this browser holds the key. @throws PlaykeyError */
  revoke: () => Promise<void>
  /** Calls back when optimistic effects must be undone. @returns how to stop. */
  onRollback: (listener: (rollback: Rollback) => void) => () => void
}

/** The player's session with one game. Give the component a `key` of the owner's address: the hook stays with the first owner and game. */
export function useGameSession(
  props: Omit<GameSessionOptions, 'signWithOwner'>,
): GameSession {
  const wagmi = useConfig()
  const { config, policy, ownerAddress, initialSession, actions } = props
  const options = useMemo<GameSessionOptions>(
    () => ({
      ...{ config, policy, ownerAddress, initialSession, actions },
      signWithOwner: (typedData) =>
        signWithOwner(wagmi, ownerAddress, typedData),
    }),
    [wagmi, config, policy, ownerAddress, initialSession, actions],
  )
  const [controller] = useState(() => new GameSessionController(options))
  const [functions] = useState(() => functionsOf(controller))
  useEffect(() => controller.start(), [controller])
  useEffect(() => controller.update(options), [controller, options])
  const snapshot = useSyncExternalStore(
    functions.subscribe,
    () => controller.snapshot,
    () => controller.snapshot,
  )
  return useMemo(() => ({ ...snapshot, ...functions }), [snapshot, functions])
}

function functionsOf(controller: GameSessionController) {
  return {
    subscribe: (listener: () => void) => controller.subscribe(listener),
    prepareGrant: (durationSeconds: number) =>
      controller.prepareGrant(durationSeconds),
    prepareExtension: (durationSeconds: number) =>
      controller.prepareExtension(durationSeconds),
    confirmGrant: (preview: GrantPreview) => controller.confirmGrant(preview),
    send: (actionIndex: number, args: readonly unknown[], meta?: SendMeta) =>
      controller.send(actionIndex, args, meta),
    clearRefusal: () => controller.clearRefusal(),
    revoke: () => controller.revoke(),
    onRollback: (listener: (rollback: Rollback) => void) =>
      controller.onRollback(listener),
  }
}

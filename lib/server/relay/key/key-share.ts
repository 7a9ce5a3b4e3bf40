import type { SignerRole } from './signer'

/** Intents that a key carries. */
export type Share =
  | { kind: 'all' }
  /** Those of the shards that give `place` modulo `of`, but for sidelined sessions. */
  | { kind: 'main'; of: number; place: number }
  /** Those of sidelined sessions, which could delay others. */
  | { kind: 'side' }

/** Stands for sidelined sessions where shards are listed. */
export const SIDE = 'side'

/** @param shards Of queued intents, as decimal numbers, or `SIDE`. */
export function isConcerned(share: Share, shards: readonly string[]): boolean {
  if (share.kind === 'all') return true
  if (share.kind === 'side') return shards.includes(SIDE)
  return shards.some((shard) => Number(shard) % share.of === share.place)
}

/** What one of the worker's keys is there for. */
export type KeyPlan<Key = string> = {
  key: Key
  role: SignerRole
  /** Place among the keys of its role, from 0. */
  index: number
  /** Null for a key that carries no intents. */
  share: Share | null
  /** Whether it sends the tasks of its role. */
  doesTasks: boolean
}

/**
 * Divides the work. One relayer key does it all; of several, the last one is the side key, which carries sidelined
 * sessions and tasks, so that neither delays moves, and the others share the moves by shard.
 */
export function planKeys<Key>(
  relayers: readonly Key[],
  revoker: Key,
): KeyPlan<Key>[] {
  const main = relayers.length - 1
  const shareOf = (index: number): Share => {
    if (relayers.length === 1) return { kind: 'all' }
    return index === main
      ? { kind: 'side' }
      : { kind: 'main', of: main, place: index }
  }
  return [
    ...relayers.map(
      (key, index): KeyPlan<Key> => ({
        ...{ key, role: 'relayer', index, share: shareOf(index) },
        doesTasks: index === main,
      }),
    ),
    { key: revoker, role: 'revoker', index: 0, share: null, doesTasks: true },
  ]
}

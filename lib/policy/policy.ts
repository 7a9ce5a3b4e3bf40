import type { Address, Hex } from 'viem'
import type { Permission, PermissionJson } from '../permission/permission'
import type { SpendLimitJson } from '../permission/terms'

/** One entry of a policy as the studio edits it and the player reads it. */
export type GameAction = {
  /** Imperative name shown to players, for example `Move`. 1 to 40 characters. */
  name: string
  /** Sentence that tells the player what it does. At most 160 characters. */
  description: string
  permission: Permission
  /** Gas one call may use, 21,000 to 2,000,000; becomes part of the intent's signed `callGas`. */
  gasLimit: number
}

export type GameActionJson = Omit<GameAction, 'permission'> & {
  permission: PermissionJson
}

/** Canonical document of a policy version; its hash is published on chain as `documentHash`. Permissions keep the order of `actions`. */
export type PolicyDocument = {
  game: { slug: string; name: string }
  studio: { slug: string; name: string }
  /** 1, 2, 3 … within the game. */
  version: number
  chainId: number
  actions: GameActionJson[]
  /** How much of which tokens a session may spend; at most 4. */
  spendLimits: SpendLimitJson[]
  /** Longest session, in seconds; at most 30 days. */
  maxDurationSeconds: number
}

/** A published policy version, as the server hands it to the browser. */
export type Policy = {
  /** Content hash that the registry keys by. */
  id: Hex
  document: PolicyDocument
  documentHash: Hex
  termsHash: Hex
  /** Packed table that travels in each bundle. */
  table: Hex
  tableHash: Hex
  owner: Address
  revokers: Address[]
  /** Unix seconds; 0 = not paused. */
  pausedUntil: number
}

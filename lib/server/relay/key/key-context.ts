import type { Lease } from '../lease/lease-holding'
import type { RelayContext } from '../relay-context'
import type { BalanceWatch } from './balance-watch'
import type { ChainPulse } from './chain-pulse'
import type { FeeBook } from './fees'
import type { KeyPlan } from './key-share'
import type { Signer } from './signer'

/** How patient the worker is with transactions that are not mined. */
export type Patience = {
  /** After so long a transaction is replaced by a dearer one. */
  stuckAfterMs: number
  /** After so long at the highest fee, or without any node taking it, a no-op takes its place. */
  giveUpAfterMs: number
}

/** All that one key works with, for as long as its lease is held. */
export type KeyContext = RelayContext & {
  plan: KeyPlan<unknown>
  signer: Signer
  fees: FeeBook
  pulse: ChainPulse
  balance: BalanceWatch
  patience: Patience
  lease: Lease
}

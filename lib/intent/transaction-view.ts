import type { Address, Hex } from 'viem'

/** One Playkey event of a transaction, in words. */
export type TransactionEventView = {
  /** Position among the transaction's logs. */
  logIndex: number
  /** Name of the contract's event, for example `IntentExecuted`. */
  name: string
  /** What happened, one sentence. */
  sentence: string
  sessionId: Hex | null
  policyId: Hex | null
  account: Address | null
  /** False for rejected grants and for intents that reverted or were rejected; null where it has no meaning. */
  isSuccess: boolean | null
}

/** A transaction as the built-in explorer shows it. Plain JSON. */
export type TransactionView = {
  hash: Hex
  /** `pending` while no block has it. */
  status: 'success' | 'reverted' | 'pending'
  blockNumber: number | null
  /** Whether that block cannot be undone any more. */
  isFinal: boolean
  /** Unix seconds of its block. */
  timestamp: number | null
  from: Address
  /** Null when it creates a contract. */
  to: Address | null
  /** What `to` is, when we know it, for example `Session manager`. */
  toName: string | null
  /** Decimal string; null while pending. */
  gasUsed: string | null
  /** Wei per gas, decimal string; null while pending. */
  gasPriceWei: string | null
  /** In the order of the logs. */
  events: TransactionEventView[]
}

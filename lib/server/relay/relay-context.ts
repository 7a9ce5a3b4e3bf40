import type { Address } from 'viem'
import type { ChainClient } from '../chain/chain-client'
import type { Database } from '../db/database'

/** What the relay's parts work with. */
export type RelayContext = {
  database: Database
  client: ChainClient
  chainId: number
  sessionManager: Address
  /** A block is final when this many follow it; without it, when the node says so. */
  finalityBlocks?: number | undefined
}

/** Gas per move in steady state, by the number of players in a transaction. */
export type PerMove = { '1': number; '10'?: number; '100'?: number }

export type PeerResult = {
  /** What the chain enforces on whoever sends the player's moves. */
  policy: string
  perMove: PerMove
  /** Gas per move when one player makes ten in one transaction. */
  tenMovesPerMove?: number
}

/** By the name of the peer. */
export type PeerResults = Record<string, PeerResult>

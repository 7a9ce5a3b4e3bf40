/** Why a node did not take a transaction; null when it has it. */
export type Refusal =
  /** It has been told before. */
  | 'known'
  /** The nonce is used. */
  | 'nonce'
  /** The key's account cannot pay. */
  | 'funds'
  /** It pays less than the node, or the transaction that holds the nonce, asks for. */
  | 'fee'
  /** The node says that it will never take it. */
  | 'never'
  /** Anything else, an answer that does not come included. */
  | 'other'

const kinds: [Exclude<Refusal, 'other'>, RegExp][] = [
  [
    'known',
    /already (known|imported|exists|in mempool)|known transaction|pending with same hash/i,
  ],
  [
    'nonce',
    /nonce (is )?too low|nonce.{0,20}(lower|already)|oldnonce|already mined/i,
  ],
  [
    'funds',
    /insufficient (funds|balance)|out of funds|not enough (funds|balance)/i,
  ],
  [
    'fee',
    /underpriced|max fee per gas less than|fee ?cap|fee too low|base ?fee|gas price (is )?(too low|below)|priority fee/i,
  ],
  [
    'never',
    /intrinsic gas|exceeds? (the )?(block )?gas limit|gas limit (is )?(too high|exceed|greater)|gas too (high|low)|oversized|too large|exceeds the configured cap|invalid (transaction|sender|signature|chain)|not supported|floor/i,
  ],
]

/** What a node's words mean. Nodes differ; what none of them is known to say counts as `other`. */
export function classifyRefusal(text: string): Refusal {
  return kinds.find(([, words]) => words.test(text))?.[0] ?? 'other'
}

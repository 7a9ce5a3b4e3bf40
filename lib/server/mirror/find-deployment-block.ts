import type { RelayContext } from '../relay/relay-context'

/**
 * The block in which SessionManager was deployed: there are no events before it. On a node without old state,
 * the oldest block it can tell about.
 */
export async function findDeploymentBlock(
  { client, sessionManager }: RelayContext,
  head: bigint,
): Promise<bigint> {
  let low = 0n
  let high = head
  while (low < high) {
    const middle = (low + high) / 2n
    const code = await client
      .getCode({ address: sessionManager, blockNumber: middle })
      .catch(() => undefined)
    if (code) high = middle
    else low = middle + 1n
  }
  return low
}

import { setTimeout as sleep } from 'node:timers/promises'
import { type Hex, hexToNumber, numberToHex } from 'viem'

/** One call of Anvil's own methods. */
export type CallAnvil = (method: string, params?: unknown[]) => Promise<unknown>

/** How long the head has to stand still before blocks are undone. */
const QUIET_MS = 500
const QUIET_WITHIN_MS = 30_000
const POLL_MS = 50
/** Blocks below those undone that are looked for as well. */
const BELOW = 16

/**
 * Undoes the chain's last blocks; transactions in them never come again by themselves. Anvil mines each transaction at
 * once again when this resolves.
 *
 * Anvil must not mine meanwhile: otherwise it loses blocks below its head for ever (`eth_getBlockByNumber` is null),
 * which no chain does and no mirror can read. A block that it had begun when it was told to stop is waited for.
 * @param method `anvil_reorg` puts as many empty blocks in their place, `anvil_rollback` none
 * @throws when Anvil lost a block all the same
 */
export async function undoBlocks(
  anvil: CallAnvil,
  depth: number,
  method: 'anvil_reorg' | 'anvil_rollback' = 'anvil_reorg',
): Promise<void> {
  await withoutMining(anvil, async () => {
    await awaitQuiet(anvil)
    await anvil(method, method === 'anvil_reorg' ? [depth, []] : [depth])
    // Anvil sets its clock back with them, and would let it stay behind for ever.
    await anvil('evm_setTime', [Math.floor(Date.now() / 1_000)])
    await requireWholeChain(anvil, depth)
  })
}

/** No transaction is mined by itself while `work` goes on; afterwards each is, at once. */
export async function withoutMining<T>(
  anvil: CallAnvil,
  work: () => Promise<T>,
): Promise<T> {
  await anvil('evm_setAutomine', [false])
  try {
    return await work()
  } finally {
    await anvil('evm_setAutomine', [true])
  }
}

/** Resolves when the head has not moved for long enough. */
async function awaitQuiet(anvil: CallAnvil): Promise<void> {
  const startedMs = Date.now()
  let head = await headOf(anvil)
  let movedMs = startedMs
  while (Date.now() - movedMs < QUIET_MS) {
    await sleep(POLL_MS)
    const now = await headOf(anvil)
    if (now === head) continue
    head = now
    movedMs = Date.now()
    if (movedMs - startedMs > QUIET_WITHIN_MS)
      throw new Error('Anvil does not stop mining')
  }
}

async function requireWholeChain(
  anvil: CallAnvil,
  depth: number,
): Promise<void> {
  const head = await headOf(anvil)
  for (let at = Math.max(0, head - depth - BELOW); at <= head; at += 1) {
    const number = numberToHex(at)
    if ((await anvil('eth_getBlockByNumber', [number, false])) === null)
      throw new Error(`Anvil lost a block of its own: ${at}, head ${head}`)
  }
}

async function headOf(anvil: CallAnvil): Promise<number> {
  return hexToNumber((await anvil('eth_blockNumber')) as Hex)
}

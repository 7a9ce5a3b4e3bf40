import { setTimeout as sleep } from 'node:timers/promises'
import { numberToHex, parseGwei } from 'viem'
import type { Intent } from '@/lib/intent/intent'
import { localRelayers } from '../stack/keys'
import { undoBlocks, withoutMining } from '../test/undo-blocks'
import { pick } from './random'
import { awaitRecovery } from './recovery'
import type { FaultPlan, RpcFault } from './rpc-proxy'
import type { Run } from './run'

/** Something that goes wrong with the chain or on the way to it, and how long it took until nobody noticed it any more. */
export type FaultResult = { name: string; recoverySeconds: number }

/** Somebody plays all the time, so that a worker soon sends something. */
const PENDING_MS = 20_000
const SETTLE_MS = 60_000

const faults: RpcFault[] = [
  { kind: 'delay', ms: 400 },
  { kind: 'reset' },
  { kind: 'cut-after' },
  { kind: 'twice' },
  { kind: 'stale' },
  { kind: 'http', status: 429, body: '{"error":"too many requests"}' },
  { kind: 'http', status: 200, body: '<html><h1>Welcome</h1></html>' },
  { kind: 'http', status: 502, body: '<html><h1>Bad gateway</h1></html>' },
]

/** One request in four meets one of the faults, at every machine, for a while. */
export async function sufferBadRpc(
  run: Run,
  seconds: number,
): Promise<FaultResult> {
  const { cluster, random } = run
  const plan: FaultPlan = () => (random() < 0.25 ? pick(random, faults) : null)
  for (const { rpc } of cluster.machines) rpc.plan(plan)
  await sleep(seconds * 1_000)
  for (const { rpc } of cluster.machines) rpc.plan(null)
  return recovered(
    run,
    'rpc: delays, cuts, duplicates, stale answers, 429, HTML',
  )
}

/** Nothing answers at all, for a while. */
export async function sufferOutage(
  run: Run,
  seconds: number,
): Promise<FaultResult> {
  const { machines } = run.cluster
  for (const { rpc } of machines) rpc.plan(() => ({ kind: 'reset' }))
  await sleep(seconds * 1_000)
  for (const { rpc } of machines) rpc.plan(null)
  return recovered(run, `rpc: no answer for ${seconds} s`)
}

/** The node forgets what it was sent. */
export async function dropMempool(run: Run): Promise<FaultResult> {
  const { anvil } = run.cluster
  await withoutMining(anvil, async () => {
    await awaitPending(run)
    await anvil('anvil_dropAllTransactions')
  })
  return recovered(run, 'mempool dropped')
}

/** Blocks are undone, and the transactions in them with them. */
export async function reorganise(
  run: Run,
  depth: number,
): Promise<FaultResult> {
  await undoBlocks(run.cluster.anvil, depth)
  return recovered(run, `re-organisation of ${depth}`)
}

/** The base fee rises twentyfold while a transaction waits. */
export async function raiseBaseFee(run: Run): Promise<FaultResult> {
  const { anvil, client } = run.cluster
  await withoutMining(anvil, async () => {
    await awaitPending(run)
    const { baseFeePerGas } = await client.getBlock()
    const risen = 20n * ((baseFeePerGas ?? 0n) + parseGwei('0.1'))
    await anvil('anvil_setNextBlockBaseFeePerGas', [numberToHex(risen)])
    await anvil('evm_mine')
  })
  return recovered(run, 'base fee × 20')
}

/** The base fee stays above what the relay may pay. Intents that were sent in that time, to expire soon, must not cost more. */
export async function exceedFeeCap(
  run: Run,
  seconds: number,
): Promise<FaultResult> {
  const { anvil } = run.cluster
  const player = await run.newPlayer()
  await player.play(1, SETTLE_MS)
  const mineAt = async (gwei: string) => {
    const fee = numberToHex(parseGwei(gwei))
    await anvil('anvil_setNextBlockBaseFeePerGas', [fee])
    await anvil('evm_mine')
  }
  const ids = await withoutMining(anvil, async () => {
    const intents: Intent[] = []
    for (let count = 0; count < 5; count += 1)
      intents.push(player.sign({ ...(await player.step()), expirySeconds: 6 }))
    const sent = await player.send(intents, 'short-lived')
    for (let count = 0; count < seconds * 2; count += 1) {
      await mineAt('250')
      await sleep(500)
    }
    await mineAt('1')
    return sent
  })
  await player.settle(ids, SETTLE_MS)
  player.leave()
  return recovered(run, 'base fee above the cap')
}

/** Someone else uses the relay's keys. */
export async function spendNonces(run: Run): Promise<FaultResult> {
  const { client, anvil } = run.cluster
  for (const account of localRelayers) {
    const { address } = account
    const nonce = await client.getTransactionCount({ address })
    const raw = await account.signTransaction({
      ...{ type: 'eip1559', chainId: client.chain?.id ?? 31_337, nonce },
      ...{ to: address, value: 1n, gas: 21_000n },
      ...{
        maxFeePerGas: parseGwei('150'),
        maxPriorityFeePerGas: parseGwei('9'),
      },
    })
    // Too late if the worker was faster; then the next key is tried.
    await anvil('eth_sendRawTransaction', [raw]).catch(() => undefined)
  }
  return recovered(run, 'foreign transactions of the keys')
}

/** The chain's counter of each key jumps. */
export async function driftNonces(run: Run, by: number): Promise<FaultResult> {
  const { client, anvil } = run.cluster
  for (const { address } of localRelayers) {
    const nonce = await client.getTransactionCount({ address })
    const moved = numberToHex(Math.max(0, nonce + by))
    await anvil('anvil_setNonce', [address, moved])
  }
  return recovered(run, `nonces ${by > 0 ? '+' : '−'} ${Math.abs(by)}`)
}

/** Blocks come once per second for a while, however many transactions there are. */
export async function mineByInterval(
  run: Run,
  seconds: number,
): Promise<FaultResult> {
  const { anvil } = run.cluster
  await withoutMining(anvil, async () => {
    await anvil('evm_setIntervalMining', [1])
    await sleep(seconds * 1_000)
    await anvil('evm_setIntervalMining', [0])
  })
  await anvil('evm_mine')
  return recovered(run, 'a block per second')
}

async function recovered(run: Run, name: string): Promise<FaultResult> {
  const recoverySeconds = await awaitRecovery(run, Date.now(), name)
  return { name, recoverySeconds }
}

/** Resolves when the node holds a transaction that is not mined. */
async function awaitPending({ cluster }: Run): Promise<void> {
  for (const deadline = Date.now() + PENDING_MS; ; await sleep(20)) {
    const status = (await cluster.anvil('txpool_status')) as {
      pending: string
    }
    if (Number(status.pending) > 0) return
    if (Date.now() > deadline)
      throw new Error(`no worker sent anything in ${PENDING_MS} ms`)
  }
}

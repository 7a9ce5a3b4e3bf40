import { type Hex, keccak256 } from 'viem'
import { getWorkerEnv } from '@/lib/config/env'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { nextBundle, type Search } from '@/lib/server/relay/bundle/next-job'
import { createSigner, type Signer } from '@/lib/server/relay/key/signer'
import {
  type Job,
  storeTransaction,
} from '@/lib/server/relay/key/store-transaction'
import { type Fence, raiseFence } from '@/lib/server/relay/lease/fence'
import type { RelayStack } from './relay-stack'

/** One of the relay's keys as a worker holds it, for tests that stop where a worker might be killed. */
export type KeyAtHand = { signer: Signer; fence: Fence; search: Search }

const price = {
  maxFeePerGas: 10_000_000_000n,
  maxPriorityFeePerGas: 1_000_000_000n,
}

/** Takes a relayer key from whoever holds it. @param index Place among the relayer keys. */
export async function takeKey(
  { context, database }: RelayStack,
  index = 0,
): Promise<KeyAtHand> {
  const env = getWorkerEnv()
  const signer = createSigner(
    'relayer',
    env.RELAYER_PRIVATE_KEYS[index] as Hex,
    {
      ...{ chainId: env.CHAIN_ID, sessionManager: sessionManagerAddress },
      maxFeePerGasWei: env.MAX_FEE_PER_GAS_WEI,
    },
  )
  const lease = `key:${signer.address}`
  const fence = await raiseFence(database.pool, lease, 'test')
  return { signer, fence, search: { ...context, fence, aheadSeconds: 0 } }
}

/** Everything queued, as the next bundle. */
export async function findBundle({ search }: KeyAtHand): Promise<Job> {
  const job = await nextBundle(search, { kind: 'all' })
  if (!job) throw new Error('nothing is queued')
  return job
}

/** Stores a job, or a no-op, as a worker does before it sends it. @returns the signed transaction */
export async function storeJob(
  { database, client }: RelayStack,
  { signer, fence }: KeyAtHand,
  job: Job | null,
  changes: { gas?: bigint; nonce?: number } = {},
): Promise<Hex> {
  const { address } = signer
  const nonce = changes.nonce ?? (await client.getTransactionCount({ address }))
  const payload = job
    ? { data: job.data, gas: changes.gas ?? job.gas }
    : ('noop' as const)
  const raw = await signer.sign(nonce, payload, price)
  const attempt = { hash: keccak256(raw), raw, isNoop: !job, ...price }
  const place = { signer: address, nonce }
  const stored = await storeTransaction(
    ...([database, fence, place, job, attempt] as const),
  )
  if (!stored) throw new Error('work was cancelled')
  return raw
}

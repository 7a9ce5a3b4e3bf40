import type { Hex } from 'viem'
import { channels } from '../db/channels'
import type { Database } from '../db/database'
import { listen } from '../db/listen'
import { logger } from '../log/logger'
import { createBalanceWatch } from './key/balance-watch'
import { type ChainPulse, createChainPulse } from './key/chain-pulse'
import { createFeeBook, type FeeBook } from './key/fees'
import type { KeyContext, Patience } from './key/key-context'
import { isConcerned, type KeyPlan, planKeys } from './key/key-share'
import { runKey } from './key/run-key'
import { createSigner, type Signer } from './key/signer'
import type { Lease } from './lease/lease-holding'
import { keepLeases } from './lease/worker-lease'
import type { RelayContext } from './relay-context'
import { runMirror } from './run-mirror'
import { type Bell, createBell, type News } from './wakeup'

export type EngineOptions = {
  context: RelayContext
  /** Commits here need not be durable: for what the chain can tell again. */
  settled: Database
  /** Relayers in order; the last of several is the side key. */
  keys: { relayers: readonly Hex[]; revoker: Hex }
  /** Highest fee per gas ever paid, in wei. */
  maxFeePerGasWei: bigint
  /** A key with less takes no new work, in wei. */
  minBalanceWei: bigint
  patience: Patience
  /** Names this worker in logs. */
  holder: string
  /** Ends the engine: nothing new is begun, what is under way has a moment. */
  stop: AbortSignal
}

type Desk = { plan: KeyPlan<Hex>; signer: Signer; bell: Bell }
type Chain = { fees: FeeBook; pulse: ChainPulse }

/** Works on this worker's part of the keys, and on the mirror if that is its part, until `stop` aborts. */
export async function runEngine(options: EngineOptions): Promise<void> {
  const { context, stop } = options
  const fees = createFeeBook(options.maxFeePerGasWei)
  const pulse = createChainPulse(context.client, fees)
  await pulse.refresh()
  const desks = openDesks(options)
  const mirrorBell = createBell()
  const bells = [mirrorBell, ...[...desks.values()].map(({ bell }) => bell)]
  const ring = (news: News) => {
    for (const bell of bells) bell.wake(news)
  }
  const listener = listen(
    context.database.url,
    [channels.work],
    (_, payload) => deliver(payload, desks, mirrorBell, ring),
    () => ring('undone'),
  )
  const work = (lease: Lease) => {
    const desk = desks.get(lease.name)
    if (!desk) return runMirror(context, lease, mirrorBell)
    return workAt(options, desk, lease, { fees, pulse })
  }
  const names = ['mirror', ...desks.keys()]
  logger.info({ keys: desks.size, holder: options.holder }, 'worker starts')
  await Promise.all([
    pulse.run(stop),
    keepLeases({
      ...{ databaseUrl: context.database.url, names, work, stop },
      holder: options.holder,
    }),
  ])
  await listener.close()
}

function openDesks({
  context,
  keys,
  maxFeePerGasWei,
}: EngineOptions): Map<string, Desk> {
  const { chainId, sessionManager } = context
  const limits = { chainId, sessionManager, maxFeePerGasWei }
  const desks = planKeys(keys.relayers, keys.revoker).map((plan): Desk => {
    const signer = createSigner(plan.role, plan.key, limits)
    return { plan, signer, bell: createBell() }
  })
  return new Map(desks.map((desk) => [`key:${desk.signer.address}`, desk]))
}

function workAt(
  { context, settled, minBalanceWei, patience }: EngineOptions,
  { plan, signer, bell }: Desk,
  lease: Lease,
  chain: Chain,
): Promise<void> {
  const { role, index } = plan
  const named = { address: signer.address, role, index }
  const balance = createBalanceWatch(context, named, minBalanceWei)
  const key: KeyContext = {
    ...{ ...context, ...chain, plan, signer, balance, patience, lease },
  }
  return runKey(key, { ...key, database: settled }, bell)
}

/** Intents concern the keys that carry them, tasks those that do them; the rest concerns all. */
function deliver(
  payload: string,
  desks: ReadonlyMap<string, Desk>,
  mirrorBell: Bell,
  ring: (news: News) => void,
): void {
  if (payload === 'mirror') mirrorBell.wake('mirror')
  if (payload === 'undone') ring('undone')
  const [kind = '', shards = ''] = payload.split(':')
  for (const { plan, bell } of desks.values()) {
    const { doesTasks, share } = plan
    if (kind === 'task' && doesTasks) bell.wake('task')
    if (kind === 'intent' && share && isConcerned(share, shards.split(',')))
      bell.wake('intent')
    if (kind === 'released' && share) bell.wake('released')
  }
}

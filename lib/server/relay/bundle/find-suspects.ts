import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { logger } from '../../log/logger'
import { isAway } from '../is-away'
import type { KeyContext } from '../key/key-context'
import { encodeExecute } from './encode-execute'
import { gasOfBundle } from './pack-bundle'
import { type QueuedIntent, readIntents } from './read-queue'

const RETRY_MS = 500

/**
 * Of a bundle that failed as a whole, the intents that may be why: asked of the chain by halves, each with the gas that
 * it would bring by itself. All of them when the chain does not blame any.
 */
export async function findSuspects(
  key: KeyContext,
  intentIds: readonly Hex[],
): Promise<Hex[]> {
  const nowSeconds = Math.floor(Date.now() / 1000) + key.pulse.aheadSeconds()
  const intents = await readIntents(key.database, intentIds, nowSeconds)
  const sessions = groupBySession(intents)
  const fails = (group: readonly QueuedIntent[]) =>
    failsAlone(key, group, nowSeconds)
  const suspects = await suspectsOf(sessions, fails)
  return (suspects.length > 0 ? suspects : intents).map(({ id }) => id)
}

type Fails = (intents: readonly QueuedIntent[]) => Promise<boolean>

/** Sessions stay whole: an intent without those before it would be refused, not tried. */
async function suspectsOf(
  sessions: readonly QueuedIntent[][],
  fails: Fails,
): Promise<QueuedIntent[]> {
  const [only] = sessions
  if (!only || !(await fails(sessions.flat()))) return []
  if (sessions.length === 1) return [await lastOfFailing(only, fails)]
  const middle = Math.ceil(sessions.length / 2)
  const found = [
    ...(await suspectsOf(sessions.slice(0, middle), fails)),
    ...(await suspectsOf(sessions.slice(middle), fails)),
  ]
  return found.length > 0 ? found : sessions.flat()
}

/** Of a session's intents, the one that makes those up to it fail. */
async function lastOfFailing(
  intents: readonly QueuedIntent[],
  fails: Fails,
): Promise<QueuedIntent> {
  for (const [index, intent] of intents.entries())
    if (await fails(intents.slice(0, index + 1))) return intent
  return intents.at(-1) as QueuedIntent
}

/** Whether the chain would refuse the transaction as a whole. Waits for as long as the node does not answer. */
async function failsAlone(
  { client, database, lease, sessionManager, signer }: KeyContext,
  intents: readonly QueuedIntent[],
  nowSeconds: number,
): Promise<boolean> {
  const data = await encodeExecute(database, intents, nowSeconds)
  const gas = gasOfBundle(intents)
  for (;;)
    try {
      const { address: account } = signer
      await client.call({ account, to: sessionManager, data, gas })
      return false
    } catch (error) {
      lease.lost.throwIfAborted()
      if (!isAway(error)) return true
      logger.warn({ err: error }, 'cannot ask for suspects now')
      await sleep(RETRY_MS, undefined, { signal: lease.lost })
    }
}

function groupBySession(intents: readonly QueuedIntent[]): QueuedIntent[][] {
  const groups = new Map<Hex, QueuedIntent[]>()
  for (const intent of intents) {
    const group = groups.get(intent.sessionId) ?? []
    groups.set(intent.sessionId, [...group, intent])
  }
  return [...groups.values()]
}

import type { Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { SignedIntent } from '@/lib/intent/intent'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import type { Database } from '../db/database'
import { type AdmissionQueue, createAdmissionQueue } from './admission-queue'
import { tooFast } from './assert-allowed'
import { findSessionSigner } from './find-session-signer'
import { createRateLimiter } from './rate-limiter'
import type { RelayContext } from './relay-context'
import { isSignedByKey } from './verify-key-signature'

/** How long an intent that overtook the one before it waits for it. */
const OVERTAKEN_WAIT_MS = 400

/** Spares the database what the session's rate would refuse there anyway. */
const sessionLimiter = createRateLimiter(500, 500)

const queues = new WeakMap<Database, AdmissionQueue>()

type AdmitContext = Pick<
  RelayContext,
  'database' | 'chainId' | 'sessionManager'
>

/**
 * Takes a signed intent over: checked by the chain's own rules, durably stored, then acknowledged by its id.
 * The same intent again gives the same id.
 * @param overtakenWaitMs How long it may wait for the intent before it, which may travel over another connection.
 * @param traceParent W3C trace context that its way to the chain is linked to.
 * @returns callsId (EIP-5792).
 * @throws PlaykeyError naming the limit and the remedy; then nothing was stored or counted.
 */
export async function admitIntent(
  context: AdmitContext,
  signed: SignedIntent,
  overtakenWaitMs = OVERTAKEN_WAIT_MS,
  traceParent: string | null = null,
): Promise<Hex> {
  const id = hashIntent({ intent: signed.intent, ...context })
  await assertSigned(context, signed, id)
  const waitMs = sessionLimiter.take(signed.intent.sessionId)
  if (waitMs > 0) throw tooFast(waitMs)
  const waitUntilMs = Date.now() + overtakenWaitMs
  await queueOf(context.database).admit({
    ...{ id, signed, traceParent, waitUntilMs },
  })
  return id
}

/** Comes before everything that is counted or waits per session: a stranger knows the session's id, but cannot use up its turns. */
async function assertSigned(
  { database }: AdmitContext,
  { intent, signature }: SignedIntent,
  id: Hex,
): Promise<void> {
  const signer = await findSessionSigner(database, intent.sessionId)
  if (signer?.account !== intent.account)
    throw new PlaykeyError('session_unknown')
  if (!(await isSignedByKey(signer.key, id, signature)))
    throw new PlaykeyError('invalid_signature')
}

function queueOf(database: Database): AdmissionQueue {
  const known = queues.get(database)
  if (known) return known
  const queue = createAdmissionQueue(database)
  queues.set(database, queue)
  return queue
}

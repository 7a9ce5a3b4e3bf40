import type { Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { SignedIntent } from '@/lib/intent/intent'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import type { Database } from '../../db/database'
import { logger } from '../../log/logger'
import { currentTraceParent, traced } from '../../observe/tracing'
import { sponsorLimits } from '../../sponsor/sponsor-limits'
import type { RelayContext } from '../relay-context'
import { type AdmissionQueue, createAdmissionQueue } from './admission-queue'
import { tooFast } from './assert-allowed'
import { findSessionSigner } from './find-session-signer'
import { type Patience, startPatience } from './patience'
import { createRateLimiter, type RateLimiter } from './rate-limiter'
import { isSignedByKey } from './verify-key-signature'

/** How intents reach one database from this process. */
type Door = {
  queue: AdmissionQueue
  /** Spares the database what a session's rate would refuse there anyway. */
  limiter: RateLimiter
}

const doors = new WeakMap<Database, Door>()

type AdmitContext = Pick<
  RelayContext,
  'database' | 'chainId' | 'sessionManager'
>

/**
 * Takes a signed intent over: checked by the chain's own rules, durably stored, then acknowledged by its id.
 * The same intent again gives the same id.
 * @param patience How long it may wait for the intent before it, which may travel over another connection.
 * @returns callsId (EIP-5792).
 * @throws PlaykeyError naming the limit and the remedy; then nothing was stored or counted.
 */
export function admitIntent(
  context: AdmitContext,
  signed: SignedIntent,
  patience: Patience = startPatience(),
): Promise<Hex> {
  return traced('admit', () => admit(context, signed, patience))
}

async function admit(
  context: AdmitContext,
  signed: SignedIntent,
  patience: Patience,
): Promise<Hex> {
  const id = hashIntent({ intent: signed.intent, ...context })
  await traced('validate', () => assertSigned(context, signed, id))
  const { queue, limiter } = doorOf(context.database)
  const waitMs = limiter.take(signed.intent.sessionId)
  if (waitMs > 0) throw tooFast(waitMs)
  const traceParent = currentTraceParent()
  await queue.admit({ id, signed, traceParent, patience })
  const { sessionId } = signed.intent
  logger.debug({ callsId: id, sessionId }, 'admitted')
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

function doorOf(database: Database): Door {
  const known = doors.get(database)
  if (known) return known
  const { intervalMs, burstMs } = sponsorLimits().session
  const perSecond = 1_000 / intervalMs
  const door = {
    queue: createAdmissionQueue(database),
    limiter: createRateLimiter(burstMs / intervalMs, perSecond),
  }
  doors.set(database, door)
  return door
}

import type { Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { encodeIntent } from '@/lib/intent/encode-intent'
import type { Intent, SignedIntent } from '@/lib/intent/intent'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import { findPermissionIndex } from '@/lib/permission/find-permission'
import { type AdmissionFacts, loadAdmissionFacts } from './admission-facts'
import { assertAllowed, tooFast } from './assert-allowed'
import { findSessionSigner } from './find-session-signer'
import { createRateLimiter } from './rate-limiter'
import type { RelayContext } from './relay-context'
import { inTurn, nextTurn } from './session-turns'
import { storeIntent } from './store-intent'
import { isSignedByKey } from './verify-key-signature'

/** How long an intent that overtook the one before it waits for it. */
const OVERTAKEN_WAIT_MS = 400
const OVERTAKEN_MAX = 64
const CONTENTION_TRIES = 20

const sessionLimiter = createRateLimiter(500, 500)

type AdmitContext = Pick<
  RelayContext,
  'database' | 'chainId' | 'sessionManager'
>
type Attempt = { kind: 'admitted' } | { kind: 'retry' } | { kind: 'overtaken' }

/**
 * Takes a signed intent over: checked by the chain's own rules, durably stored, then acknowledged by its id.
 * The same intent again gives the same id.
 * @param overtakenWaitMs How long it may wait for the intent before it, which may travel over another connection.
 * @returns callsId (EIP-5792).
 * @throws PlaykeyError naming the limit and the remedy; then nothing was stored or counted.
 */
export async function admitIntent(
  context: AdmitContext,
  signed: SignedIntent,
  overtakenWaitMs = OVERTAKEN_WAIT_MS,
): Promise<Hex> {
  const { sessionId } = signed.intent
  const id = hashIntent({ intent: signed.intent, ...context })
  await assertSigned(context, signed, id)
  const waitMs = sessionLimiter.take(sessionId)
  if (waitMs > 0) throw tooFast(waitMs)
  const deadline = Date.now() + overtakenWaitMs
  for (let tries = 0; tries < CONTENTION_TRIES; ) {
    const mayWait = Date.now() < deadline
    const attempt = await inTurn(sessionId, () =>
      tryAdmit(context, signed, id, mayWait),
    )
    if (attempt.kind === 'admitted') return id
    if (attempt.kind === 'overtaken')
      await nextTurn(sessionId, Math.max(1, deadline - Date.now()))
    else tries += 1
  }
  throw tooFast(100)
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

async function tryAdmit(
  context: AdmitContext,
  { intent, signature }: SignedIntent,
  id: Hex,
  mayWait: boolean,
): Promise<Attempt> {
  const facts = await loadAdmissionFacts(context.database, intent.sessionId, id)
  if (facts?.existing) return { kind: 'admitted' }
  if (!facts) throw new PlaykeyError('session_unknown')
  if (mayWait && isOvertaken(facts, intent)) return { kind: 'overtaken' }
  const charges = assertAllowed(facts, intent)
  const stored = await storeIntent(context.database, facts.admitVersion, {
    id,
    intent,
    entries: intent.calls.map((call) =>
      findPermissionIndex(facts.permissions, call),
    ),
    charges,
    packed: encodeIntent({ intent, signature }, facts.permissions),
  })
  return { kind: stored ? 'admitted' : 'retry' }
}

/** Requests of one page travel over several connections, so a later intent may arrive first. */
function isOvertaken(facts: AdmissionFacts, intent: Intent): boolean {
  const ahead = intent.sequence - facts.session.nextSequence(intent.lane)
  return ahead > 0 && ahead <= OVERTAKEN_MAX
}

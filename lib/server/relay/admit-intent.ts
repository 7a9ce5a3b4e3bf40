import type { Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { ErrorCode } from '@/lib/errors/error-table'
import { errorTable } from '@/lib/errors/error-table'
import { encodeIntent } from '@/lib/intent/encode-intent'
import type { Intent, SignedIntent } from '@/lib/intent/intent'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import {
  evaluateIntent,
  findPermissionIndex,
} from '@/lib/session/evaluate-intent'
import { toChainSeconds } from '../chain/clock'
import { describeRevoker } from '../session/describe-revoker'
import { type AdmissionFacts, loadAdmissionFacts } from './admission-facts'
import { createRateLimiter } from './rate-limiter'
import type { RelayContext } from './relay-context'
import { inTurn, nextTurn } from './session-turns'
import { storeIntent } from './store-intent'
import { isSignedByKey } from './verify-key-signature'

/** Unsettled intents that a session may have at once. */
const PENDING_MAX = 256
/** An intent that would expire sooner than this cannot be expected to land. */
const MIN_TTL_SECONDS = 3
const MIN_CALL_GAS = 5_000
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
 * @returns callsId (EIP-5792).
 * @throws PlaykeyError naming the limit and the remedy; then nothing was stored or counted.
 */
export async function admitIntent(
  context: AdmitContext,
  signed: SignedIntent,
): Promise<Hex> {
  const { sessionId } = signed.intent
  const waitMs = sessionLimiter.take(sessionId)
  if (waitMs > 0) throw tooFast(waitMs)
  const id = hashIntent({ intent: signed.intent, ...context })
  const deadline = Date.now() + OVERTAKEN_WAIT_MS
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

async function tryAdmit(
  context: AdmitContext,
  { intent, signature }: SignedIntent,
  id: Hex,
  mayWait: boolean,
): Promise<Attempt> {
  const facts = await loadAdmissionFacts(context.database, intent.sessionId, id)
  if (facts?.existing) return { kind: 'admitted' }
  if (!facts || facts.account !== intent.account)
    throw new PlaykeyError('session_unknown')
  if (mayWait && isOvertaken(facts, intent)) return { kind: 'overtaken' }
  assertAllowed(facts, intent)
  if (!(await isSignedByKey(facts.key, id, signature)))
    throw new PlaykeyError('invalid_signature')
  const stored = await storeIntent(context.database, facts.admitVersion, {
    id,
    intent,
    entries: intent.calls.map((call) =>
      findPermissionIndex(facts.permissions, call),
    ),
    packed: encodeIntent({ intent, signature }, facts),
  })
  return { kind: stored ? 'admitted' : 'retry' }
}

/** Requests of one page travel over several connections, so a later intent may arrive first. */
function isOvertaken(facts: AdmissionFacts, intent: Intent): boolean {
  const ahead = intent.sequence - facts.session.nextSequence(intent.lane)
  return ahead > 0 && ahead <= OVERTAKEN_MAX
}

function assertAllowed(facts: AdmissionFacts, intent: Intent): void {
  assertNotEnded(facts)
  const nowSeconds = toChainSeconds(facts.aheadSeconds)
  const { session, pausedUntil } = facts
  const verdict = evaluateIntent({ session, intent, nowSeconds, pausedUntil })
  if (!verdict.ok) throw withConflict(verdict.error, facts, intent)
  if (intent.expiry - nowSeconds < MIN_TTL_SECONDS)
    throw new PlaykeyError('intent_expiry_too_soon', {
      details: {
        expiry: intent.expiry,
        earliest: nowSeconds + MIN_TTL_SECONDS,
      },
    })
  if (intent.callGas < MIN_CALL_GAS)
    throw new PlaykeyError('call_gas_too_low', {
      details: { callGas: intent.callGas, minCallGas: MIN_CALL_GAS },
    })
  if (facts.pending.length >= PENDING_MAX) throw tooFast(250)
}

/** A player whose session was ended learns by whom and why. */
function assertNotEnded(facts: AdmissionFacts): void {
  if (facts.revocation) {
    const by = describeRevoker(facts.revocation)
    throw new PlaykeyError('session_revoked', {
      details: { revokedBy: by, reason: facts.revocation.reason },
    })
  }
  if (facts.grantError)
    throw new PlaykeyError(
      Object.hasOwn(errorTable, facts.grantError)
        ? (facts.grantError as ErrorCode)
        : 'session_not_active',
    )
}

function withConflict(
  error: PlaykeyError,
  facts: AdmissionFacts,
  intent: Intent,
): PlaykeyError {
  if (error.code !== 'sequence_used') return error
  const holder = facts.pending.find(
    ({ lane, sequence }) =>
      lane === intent.lane && sequence === intent.sequence,
  )
  if (!holder) return error
  return new PlaykeyError('sequence_conflict', {
    details: { ...error.details, existingId: holder.id },
  })
}

function tooFast(retryAfterMs: number): PlaykeyError {
  return new PlaykeyError('rate_limited', { details: { retryAfterMs } })
}

import type { Address, Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { GrantParams, GrantResult } from '@/lib/rpc/session-methods'
import { evaluateGrant } from '@/lib/session/evaluate-grant'
import type { Grant, Session } from '@/lib/session/session'
import { fromSessionJson } from '@/lib/session/session-json'
import { readChainSeconds } from '../chain/clock'
import { readAccountOf, readEpoch } from '../chain/read-accounts'
import { getDatabase, type Prisma } from '../db/database'
import { deriveGrant } from './derive-grant'
import { digestOfGrant } from './digest-of-grant'
import { toGrantFacts } from './grant-facts'
import { measureGrant } from './measure-grant'
import { isUsableKey } from './prepare-grant'
import { storeGrant } from './store-grant'
import { isContract, isSignedByOwner } from './verify-owner-signature'

/** Furthest a grant's deadline may lie ahead, in seconds. */
const DEADLINE_MAX_SECONDS = 86_400

type KnownSession = Prisma.SessionGetPayload<{ include: { grants: true } }>

/**
 * Takes over a session that its owner signed, or a later end of one. It waits here, at no cost, until the next intent
 * carries it to the chain. The same grant again is answered the same.
 * @throws PlaykeyError naming what the chain would refuse; then nothing was stored.
 */
export async function submitGrant(params: GrantParams): Promise<GrantResult> {
  const database = getDatabase()
  const { prisma } = database
  const session = fromSessionJson(params.session)
  const policy = await prisma.policy.findFirst({
    where: { id: session.policyId, status: 'published' },
  })
  const grant: Grant = { ...params, session }
  const derived = deriveGrant(grant, policy)
  const { sessionId } = derived
  const known = await prisma.session.findUnique({
    where: { id: sessionId },
    include: { grants: true },
  })
  const nowSeconds = await readChainSeconds(database)
  const facts = toGrantFacts(known, policy, nowSeconds)
  if (
    known &&
    facts.stored.status !== 'revoked' &&
    isTaken(known, session, nowSeconds)
  )
    return {
      sessionId,
      status: known.status === 'active' ? 'active' : 'pending',
    }
  const verdict = evaluateGrant(session, facts)
  if (!verdict.ok) throw verdict.error
  if (known) assertSameSession(known, session)
  if (session.grantDeadline - nowSeconds > DEADLINE_MAX_SECONDS)
    throw new PlaykeyError('grant_deadline_too_far')
  if (!isUsableKey(session.key)) throw new PlaykeyError('invalid_key')
  const owner = await findOwner(session.account, grant.owner)
  await assertSigned(grant)
  const gas = await measureGrant({ grant, owner, ...derived })
  await storeGrant(
    ...([prisma, { ...grant, owner }, { ...derived, ...gas }] as const),
    nowSeconds,
  )
  return {
    sessionId,
    status: verdict.effect === 'granted' ? 'pending' : 'active',
  }
}

/** Whether the session has this window already, or waits to be brought to it. */
function isTaken(
  known: KnownSession,
  { validAfter, validUntil }: Session,
  nowSeconds: number,
): boolean {
  if (Number(known.validAfter) !== validAfter) return false
  if (known.status === 'active' && Number(known.validUntil) === validUntil)
    return true
  const waiting = known.grants.find(
    (grant) => Number(grant.validUntil) === validUntil,
  )
  return (
    waiting !== undefined &&
    waiting.error === null &&
    nowSeconds < waiting.deadline
  )
}

/** While a session is on its way to the chain, its intents count on its window. */
function assertSameSession(known: KnownSession, session: Session): void {
  if (known.status !== 'pending') return
  const isSame =
    Number(known.validAfter) === session.validAfter &&
    Number(known.validUntil) === session.validUntil
  if (isSame) return
  throw new PlaykeyError('conflict', {
    remedy: 'Make a new session key for another session.',
  })
}

/**
 * The owner as far as the factory proves it. A contract of someone else signs for itself alone: whose it claims
 * to be is nobody's word but its own, and must not make it appear among that person's accounts.
 */
async function findOwner(account: Address, claimed: Hex): Promise<Hex> {
  if ((await readAccountOf(claimed)) === account) return claimed
  if (await isContract(account)) return '0x'
  throw new PlaykeyError('account_mismatch')
}

async function assertSigned(grant: Grant): Promise<void> {
  const { owner, signature, session } = grant
  const { account } = session
  const epoch = await readEpoch(account)
  if (epoch !== session.epoch)
    throw new PlaykeyError('epoch_mismatch', { details: { epoch } })
  const digest = digestOfGrant(grant)
  if (!(await isSignedByOwner({ account, owner, digest, signature })))
    throw new PlaykeyError('invalid_signature')
}

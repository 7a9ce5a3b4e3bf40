import { type Address, getAddress, type Hex, keccak256, size } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { encodeTable } from '@/lib/permission/encode-table'
import type { PolicyDocument } from '@/lib/policy/policy'
import { permissionsOf } from '@/lib/policy/policy-document'
import type { GrantParams, GrantResult } from '@/lib/rpc/session-methods'
import type { Session } from '@/lib/session/session'
import { computeSessionId } from '@/lib/session/session-id'
import { fromSessionJson } from '@/lib/session/session-json'
import { hashSession } from '@/lib/session/session-typed-data'
import { readChainSeconds } from '../chain/clock'
import { getDeployment } from '../chain/deployment'
import { readAccountOf, readEpoch } from '../chain/read-accounts'
import { type Database, getDatabase, type Prisma } from '../db/database'
import { assertWithinPolicy } from './assert-within-policy'
import { isUsableKey } from './prepare-grant'
import { isContract, isSignedByOwner } from './verify-owner-signature'

/** Furthest a grant's deadline may lie ahead, in seconds. */
const DEADLINE_MAX_SECONDS = 86_400

/**
 * Takes over a session that its owner signed. It waits here, at no cost, until its first intent carries it to the chain.
 * The same grant again is answered the same.
 * @throws PlaykeyError naming what the chain would refuse; then nothing was stored.
 */
export async function submitGrant(grant: GrantParams): Promise<GrantResult> {
  const database = getDatabase()
  const session = fromSessionJson(grant.session)
  const table = encodeTable(session.permissions)
  const tableHash = keccak256(table)
  const sessionId = computeSessionId({ ...session, tableHash })
  const known = await findKnown(database, sessionId, session)
  if (known) return known
  await assertWindow(database, session)
  await assertPolicy(database, session)
  const owner = await findOwner(session.account, grant.owner)
  await assertSigned(session, grant)
  await storeGrant(
    database,
    { ...grant, owner },
    { sessionId, table, tableHash },
  )
  return { sessionId, status: 'pending' }
}

async function findKnown(
  { prisma }: Database,
  sessionId: Hex,
  session: Session,
): Promise<GrantResult | null> {
  const row = await prisma.session.findUnique({ where: { id: sessionId } })
  if (!row) return null
  if (row.status === 'revoked' || row.revokeRequestedAt)
    throw new PlaykeyError('session_revoked')
  if (Number(row.validUntil) !== session.validUntil)
    throw new PlaykeyError('conflict', {
      remedy: 'Make a new session key for another session.',
    })
  return { sessionId, status: row.status }
}

async function assertWindow(
  database: Database,
  session: Session,
): Promise<void> {
  const nowSeconds = await readChainSeconds(database)
  if (nowSeconds >= session.grantDeadline)
    throw new PlaykeyError('grant_expired')
  if (session.grantDeadline - nowSeconds > DEADLINE_MAX_SECONDS)
    throw new PlaykeyError('grant_deadline_too_far')
  if (nowSeconds >= session.validUntil) throw new PlaykeyError('invalid_window')
  if (!isUsableKey(session.key)) throw new PlaykeyError('invalid_key')
}

async function assertPolicy(
  { prisma }: Database,
  session: Session,
): Promise<void> {
  const policy = await prisma.policy.findFirst({
    where: { id: session.policyId, status: 'published' },
  })
  if (!policy) throw new PlaykeyError('policy_unknown')
  const duration = session.validUntil - session.validAfter
  if (duration > policy.maxDurationSeconds)
    throw new PlaykeyError('duration_too_long', {
      details: { maxDurationSeconds: policy.maxDurationSeconds },
    })
  assertWithinPolicy(
    session.permissions,
    permissionsOf(policy.document as PolicyDocument),
  )
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

async function assertSigned(
  session: Session,
  { owner, signature }: GrantParams,
): Promise<void> {
  const { account } = session
  const epoch = await readEpoch(account)
  if (epoch !== session.epoch)
    throw new PlaykeyError('epoch_mismatch', { details: { epoch } })
  const digest = hashSession({ session, ...getDeployment() })
  if (!(await isSignedByOwner({ account, owner, digest, signature })))
    throw new PlaykeyError('invalid_signature')
}

async function storeGrant(
  { prisma }: Database,
  { session, owner, signature }: GrantParams,
  derived: { sessionId: Hex; table: Hex; tableHash: Hex },
): Promise<void> {
  const ownerAddress = size(owner) === 20 ? getAddress(owner) : null
  await prisma.$transaction(async (transaction) => {
    await upsertAccount(transaction, session.account, owner, ownerAddress)
    await transaction.session.createMany({
      data: {
        id: derived.sessionId,
        accountAddress: session.account,
        policyId: session.policyId,
        keyScheme: session.key.scheme,
        publicKey: session.key.publicKey,
        epoch: session.epoch,
        tableHash: derived.tableHash,
        table: derived.table,
        permissions: session.permissions,
        validAfter: session.validAfter,
        validUntil: session.validUntil,
        grantDeadline: session.grantDeadline,
        grantSignature: signature,
        status: 'pending',
      },
      // Two who hand in the same grant at once: one stores it, both are answered.
      skipDuplicates: true,
    })
  })
}

async function upsertAccount(
  transaction: Prisma.TransactionClient,
  address: Address,
  owner: Hex,
  ownerAddress: Address | null,
): Promise<void> {
  const user = ownerAddress
    ? await transaction.user.findUnique({ where: { address: ownerAddress } })
    : null
  await transaction.account.createMany({
    data: { address, owner, ownerAddress, userId: user?.id ?? null },
    skipDuplicates: true,
  })
  await transaction.account.updateMany({
    where: { address, owner: { in: ['', '0x'] } },
    data: { owner, ownerAddress, userId: user?.id ?? null },
  })
}

import { type Address, getAddress, type Hex, size } from 'viem'
import { toTermsJson } from '@/lib/permission/terms-json'
import type { Grant } from '@/lib/session/session'
import { computeSessionId } from '@/lib/session/session-id'
import type { Database, Prisma } from '../db/database'
import { assertRoom } from './assert-room'
import type { DerivedGrant } from './derive-grant'
import type { GrantGas } from './gas-of-grant'

/**
 * Stores a checked grant, and the session if it is new. Two who hand in the same grant at once: one stores it, both are answered.
 * @param nowSeconds Of the chain's clock.
 * @throws PlaykeyError when the account has too many sessions; then nothing was stored
 */
export async function storeGrant(
  prisma: Database['prisma'],
  { session, owner, signature, batch }: Grant,
  derived: DerivedGrant & GrantGas,
  nowSeconds: number,
): Promise<void> {
  const { sessionId, table, tableHash, callCells, meterIndexes } = derived
  const { account } = session
  const endedIds = (batch?.ended ?? []).map((ended) =>
    computeSessionId({ ...ended, account }),
  )
  const ownerAddress = size(owner) === 20 ? getAddress(owner) : null
  const known = { table, terms: toTermsJson(session.terms) }
  await prisma.$transaction(async (transaction) => {
    await upsertAccount(transaction, session.account, owner, ownerAddress)
    const { count } = await transaction.session.createMany({
      data: {
        id: sessionId,
        accountAddress: session.account,
        policyId: session.policyId,
        keyScheme: session.key.scheme,
        publicKey: session.key.publicKey,
        epoch: session.epoch,
        ...{ tableHash, ...known, callCells, meterIndexes },
        validAfter: session.validAfter,
        validUntil: session.validUntil,
        status: 'pending',
      },
      skipDuplicates: true,
    })
    if (count === 1)
      await assertRoom(
        ...([transaction, { sessionId, account, endedIds }] as const),
        nowSeconds,
      )
    // One that was granted elsewhere, with terms that we learn only now.
    await transaction.session.updateMany({
      where: { id: sessionId, table: '0x' },
      data: { ...known, callCells, meterIndexes },
    })
    await replaceWaiting(transaction, { session, signature, batch }, derived)
  })
}

/** Of a session's later ends only the one that was handed in last waits. */
async function replaceWaiting(
  transaction: Prisma.TransactionClient,
  { session, signature, batch }: Omit<Grant, 'owner'>,
  { sessionId, size, gas, reserve }: DerivedGrant & GrantGas,
): Promise<void> {
  const { validUntil, grantDeadline } = session
  await transaction.$executeRaw`
    DELETE FROM "SessionGrant" g USING "Session" s
    WHERE s.id = ${sessionId} AND g."sessionId" = s.id AND s.status = 'active'
      AND g."validUntil" > s."validUntil" AND g."validUntil" <> ${validUntil}`
  // The database's own clock tells whether a transaction may have carried it.
  await transaction.$executeRaw`
    INSERT INTO "SessionGrant" ("sessionId", "validUntil", deadline, signature, batch, size, gas, reserve)
    VALUES (${sessionId}, ${validUntil}, ${grantDeadline}, ${signature}, ${batch ? JSON.stringify(batch) : null}::jsonb,
      ${size}, ${gas}, ${reserve})
    ON CONFLICT ("sessionId", "validUntil") DO UPDATE SET deadline = EXCLUDED.deadline, signature = EXCLUDED.signature,
      batch = EXCLUDED.batch, size = EXCLUDED.size, gas = EXCLUDED.gas, reserve = EXCLUDED.reserve, error = NULL, "createdAt" = now()`
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

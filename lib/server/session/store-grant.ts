import { type Address, getAddress, type Hex, size } from 'viem'
import { toTermsJson } from '@/lib/permission/terms-json'
import type { Grant } from '@/lib/session/session'
import type { Database, Prisma } from '../db/database'
import type { DerivedGrant } from './derive-grant'

/** Stores a checked grant, and the session if it is new. Two who hand in the same grant at once: one stores it, both are answered. */
export async function storeGrant(
  prisma: Database['prisma'],
  { session, owner, signature, batch }: Grant,
  derived: DerivedGrant,
): Promise<void> {
  const { sessionId, table, tableHash, callCells, meterIndexes } = derived
  const ownerAddress = size(owner) === 20 ? getAddress(owner) : null
  const grant = {
    deadline: session.grantDeadline,
    signature,
    ...(batch ? { batch } : {}),
    ...{ size: derived.size, gas: derived.gas, error: null },
  }
  const known = { table, terms: toTermsJson(session.terms) }
  await prisma.$transaction(async (transaction) => {
    await upsertAccount(transaction, session.account, owner, ownerAddress)
    await transaction.session.createMany({
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
    // One that was granted elsewhere, with terms that we learn only now.
    await transaction.session.updateMany({
      where: { id: sessionId, table: '0x' },
      data: { ...known, callCells, meterIndexes },
    })
    const { validUntil } = session
    await transaction.sessionGrant.upsert({
      where: { sessionId_validUntil: { sessionId, validUntil } },
      create: { sessionId, validUntil, ...grant },
      update: { ...grant, createdAt: new Date() },
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

import type { Address, Hex } from 'viem'
import { keccak256 } from 'viem'
import type { PermissionJson } from '@/lib/permission/permission'
import { fromPermissionJson } from '@/lib/permission/permission-json'
import type { KeyScheme } from '@/lib/session/session'
import { schemeIds } from '@/lib/session/session-id'
import type { Database } from '../db/database'

/** A grant as SessionManager's `execute` takes it. */
export type GrantArgument = {
  session: {
    account: Address
    policyId: Hex
    key: { scheme: number; publicKey: Hex }
    validAfter: number
    validUntil: number
    epoch: number
    grantDeadline: number
    permissions: ReturnType<typeof fromPermissionJson>[]
  }
  policyTable: Hex
  owner: Hex
  signature: Hex
}

const ZERO_HASH: Hex = `0x${'00'.repeat(32)}`

/** Grants of sessions that wait to be enabled, as they go into a bundle. */
export async function loadGrants(
  { prisma }: Database,
  sessionIds: readonly Hex[],
): Promise<GrantArgument[]> {
  if (sessionIds.length === 0) return []
  const rows = await prisma.session.findMany({
    where: { id: { in: [...sessionIds] }, status: 'pending' },
    include: { account: true, policy: { select: { table: true } } },
    orderBy: { createdAt: 'asc' },
  })
  return rows.map((row) => {
    const isWholePolicy =
      row.policy !== null &&
      keccak256(row.policy.table as Hex) === row.tableHash
    return {
      session: {
        account: row.accountAddress as Address,
        policyId: (row.policyId ?? ZERO_HASH) as Hex,
        key: {
          scheme: schemeIds[row.keyScheme as KeyScheme],
          publicKey: row.publicKey as Hex,
        },
        validAfter: Number(row.validAfter),
        validUntil: Number(row.validUntil),
        epoch: row.epoch,
        grantDeadline: Number(row.grantDeadline ?? 0),
        permissions: isWholePolicy
          ? []
          : (row.permissions as PermissionJson[]).map(fromPermissionJson),
      },
      policyTable:
        isWholePolicy || !row.policy ? '0x' : (row.policy.table as Hex),
      owner: row.account.deployedAt ? '0x' : toBytes(row.account.owner),
      signature: (row.grantSignature ?? '0x') as Hex,
    }
  })
}

/** Accounts first seen on chain have no known owner. */
function toBytes(owner: string): Hex {
  return owner === '' ? '0x' : (owner as Hex)
}

import { type Address, type Hex, isAddressEqual, numberToHex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { PermissionJson } from '@/lib/permission/permission'
import { selectorOf } from '@/lib/permission/selector'
import { type DialectKey, toDialectKey } from '@/lib/rpc/dialect-key'
import type { SessionKey } from '@/lib/session/session'
import type { GrantRequest } from './grant-schema'

/** A grant as the RISE/Porto dialect answers it. `capabilities.playkey` holds what the dialect cannot say. */
export type DialectGrant = {
  id: Hex
  address: Address
  chainId: Hex
  /** Unix seconds, exclusive. */
  expiry: number
  key: DialectKey
  permissions: { calls: { to: Address; signature: string }[] }
  capabilities: {
    playkey: {
      status: string
      policyId: Hex | null
      /** Unix seconds, inclusive. */
      validAfter: number
      /** Every limit, exactly as signed. */
      permissions: PermissionJson[]
    }
  }
}

type CallScope = GrantRequest['permissions']['calls'][number]

function isCovered(permission: PermissionJson, scope: CallScope): boolean {
  const { to, signature } = scope
  if (!to || !signature || !isAddressEqual(to, permission.to)) return false
  const selector = signature.startsWith('0x')
    ? signature.toLowerCase()
    : selectorOf(signature)
  return selector === selectorOf(permission.signature)
}

/**
 * The permissions of a policy that a game asked for, in the policy's order.
 * @throws PlaykeyError `wildcard_permission` naming the missing part, `wider_than_policy` for a function that the policy does not have, `unsupported_capability` for limits that could not be kept.
 */
export function narrowPermissions(
  offered: readonly PermissionJson[],
  asked: GrantRequest['permissions'],
): PermissionJson[] {
  for (const [index, { to, signature }] of asked.calls.entries()) {
    if (to && signature) continue
    const missing = to ? 'signature' : 'to'
    throw new PlaykeyError('wildcard_permission', {
      details: { field: `permissions.calls.${index}.${missing}` },
    })
  }
  const stray = asked.calls.find(
    (scope) => !offered.some((permission) => isCovered(permission, scope)),
  )
  if (stray) {
    throw new PlaykeyError('wider_than_policy', {
      details: { to: stray.to ?? '', signature: stray.signature ?? '' },
    })
  }
  const permissions = offered.filter((permission) =>
    asked.calls.some((scope) => isCovered(permission, scope)),
  )
  assertSpend(permissions, asked.spend ?? [])
  return permissions
}

/** A spend limit that is tighter than the policy's could not be kept: say so instead of ignoring it. */
function assertSpend(
  permissions: readonly PermissionJson[],
  spend: NonNullable<GrantRequest['permissions']['spend']>,
): void {
  const totalWei = permissions.reduce((sum, p) => sum + BigInt(p.maxValue), 0n)
  const isKept = spend.every(
    ({ limit, token }) =>
      (token === undefined || BigInt(token) === 0n) &&
      BigInt(limit) >= totalWei,
  )
  if (isKept) return
  throw new PlaykeyError('unsupported_capability', {
    message: 'These spend limits cannot be kept.',
    remedy: 'Ask for the limits of the game’s policy.',
    details: { totalWei: totalWei.toString() },
  })
}

/** A session in the dialect's words. */
export function toDialectGrant(
  session: {
    id: Hex
    account: Address
    key: SessionKey
    status: string
    policyId: Hex | null
    validAfter: number
    validUntil: number
    permissions: readonly PermissionJson[]
  },
  chainId: number,
): DialectGrant {
  const { id, account, key, status, policyId } = session
  const { validAfter, validUntil, permissions } = session
  return {
    id,
    address: account,
    chainId: numberToHex(chainId),
    expiry: validUntil,
    key: toDialectKey(key),
    permissions: {
      calls: permissions.map(({ to, signature }) => ({ to, signature })),
    },
    capabilities: {
      playkey: {
        ...{ status, policyId, validAfter },
        permissions: [...permissions],
      },
    },
  }
}

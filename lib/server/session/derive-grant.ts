import { type Hex, keccak256, size } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { encodeGrant } from '@/lib/intent/encode-grant'
import { assertTerms } from '@/lib/permission/check-terms'
import { encodeTable } from '@/lib/permission/encode-table'
import type { Terms } from '@/lib/permission/terms'
import { findOutsidePolicy } from '@/lib/permission/within-policy'
import type { Grant } from '@/lib/session/session'
import { computeSessionId } from '@/lib/session/session-id'
import { getForbiddenTargets } from '../chain/deployment'
import { policyTableOf } from '../relay/bundle/load-grants'
import { readTable, tableColumnsOf } from './table-columns'

/** Longest table that this relay carries: each section of a bundle has one. */
export const TABLE_MAX_BYTES = 8_192
/** Longest grant that this relay carries, its own terms included. */
const GRANT_MAX_BYTES = 32_768

type StoredPolicy = { table: string; tableHash: string; termsHash: string }

/** What follows from a grant, as it is stored. */
export type DerivedGrant = {
  sessionId: Hex
  table: Hex
  tableHash: Hex
  callCells: number[]
  meterIndexes: number[]
  /** As in `GrantNeeds`. */
  policyTable: Hex | null
  /** Bytes of the grant in a bundle, at most. */
  size: number
}

/**
 * Compiles the terms of a grant as the chain will.
 * @throws PlaykeyError what the chain would refuse about them, `policy_unknown`, or `payload_too_large`
 */
export function deriveGrant(
  grant: Grant,
  policy: StoredPolicy | null,
): DerivedGrant {
  const { session } = grant
  const { terms } = session
  if (!policy) throw new PlaykeyError('policy_unknown')
  const forbidden = getForbiddenTargets()
  // An account that sends a bundle itself needs no signature for its grants.
  if (forbidden.includes(session.account))
    throw new PlaykeyError('forbidden_target', {
      details: { account: session.account },
    })
  assertTerms(terms, { ownContracts: forbidden })
  const table = encodeTable(terms)
  const tableHash = keccak256(table)
  if (tableHash !== policy.tableHash) assertWithin(terms, table, policy)
  const policyTable = policyTableOf(terms, {
    table: policy.table as Hex,
    termsHash: policy.termsHash as Hex,
  })
  const encoded = encodeGrant(grant, { createsAccount: true, policyTable })
  assertSize(table, TABLE_MAX_BYTES)
  assertSize(encoded, GRANT_MAX_BYTES)
  return {
    ...{ sessionId: computeSessionId({ ...session, tableHash }) },
    ...{ table, tableHash, policyTable },
    ...tableColumnsOf(readTable(table)),
    size: size(encoded),
  }
}

function assertWithin(terms: Terms, table: Hex, policy: StoredPolicy): void {
  const outside = findOutsidePolicy(
    readTable(table),
    readTable(policy.table as Hex),
  )
  if (!outside) return
  const { error, index } = outside
  const { to = null, signature = null } =
    error === 'PermissionOutsidePolicy' ? (terms.permissions[index] ?? {}) : {}
  throw new PlaykeyError('wider_than_policy', {
    details: { error, index, to, signature },
  })
}

function assertSize(bytes: Hex, maxBytes: number): void {
  if (size(bytes) <= maxBytes) return
  throw new PlaykeyError('payload_too_large', {
    details: { bytes: size(bytes), maxBytes },
  })
}

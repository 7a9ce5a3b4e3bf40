import { type Address, keccak256 } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { encodeTable } from '../permission/encode-table'
import { hashTerms } from '../permission/hash-terms'
import type { Policy, PolicyDocument } from './policy'
import { hashPolicyDocument, termsOf } from './policy-document'
import { computePolicyId } from './policy-id'

/** Unpublished policy with every hash computed from `document`. The chain computes the same. @throws PlaykeyError when a rule cannot be compiled. */
export function buildPolicy(
  document: PolicyDocument,
  owner: Address,
  revokers: readonly Address[],
): Policy {
  const terms = termsOf(document)
  const documentHash = hashPolicyDocument(document)
  const termsHash = hashTerms(terms)
  const table = encodeTable(terms)
  const { maxDurationSeconds } = document
  return {
    id: computePolicyId({
      owner,
      revokers,
      maxDurationSeconds,
      termsHash,
      documentHash,
    }),
    document,
    documentHash,
    termsHash,
    table,
    tableHash: keccak256(table),
    owner,
    revokers: [...revokers],
    pausedUntil: 0,
  }
}

/**
 * Checks that `policy` is what its id says, so that a browser need not trust the server that sent it.
 * @throws PlaykeyError `table_mismatch` naming the first field that differs.
 */
export function assertPolicyIntegrity(policy: Policy): void {
  const built = buildPolicy(policy.document, policy.owner, policy.revokers)
  const fields = [
    'documentHash',
    'termsHash',
    'table',
    'tableHash',
    'id',
  ] as const
  for (const field of fields) {
    if (built[field].toLowerCase() === policy[field].toLowerCase()) continue
    throw new PlaykeyError('table_mismatch', { details: { field } })
  }
}

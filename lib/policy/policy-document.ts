import { type Hex, keccak256, toHex } from 'viem'
import { fromPermissionJson } from '../permission/permission-json'
import type { Terms } from '../permission/terms'
import { fromSpendLimitJson } from '../permission/terms-json'
import type { PolicyDocument } from './policy'

type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }

function write(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  const object = value as { readonly [key: string]: Json }
  const members = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${write(object[key] ?? null)}`)
  return `{${members.join(',')}}`
}

/** Canonical JSON text of a document: keys sorted, no white space (the subset of RFC 8785 that documents need: integers and strings). */
export function canonicalize(document: PolicyDocument): string {
  return write(document)
}

/** Hash that is published on chain as `documentHash`. */
export function hashPolicyDocument(document: PolicyDocument): Hex {
  return keccak256(toHex(canonicalize(document)))
}

/** Terms of a document; permissions in the order of its actions, which is the order of the table. */
export function termsOf(
  document: Pick<PolicyDocument, 'actions' | 'spendLimits'>,
): Terms {
  const { actions, spendLimits } = document
  return {
    permissions: actions.map(({ permission }) =>
      fromPermissionJson(permission),
    ),
    spendLimits: spendLimits.map(fromSpendLimitJson),
  }
}

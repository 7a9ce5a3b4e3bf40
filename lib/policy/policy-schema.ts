import { z } from 'zod'
import { checkTogether } from '../permission/check-terms'
import { MAX_PERMISSIONS } from '../permission/limits'
import {
  addProblems,
  permissionJsonSchema,
} from '../permission/permission-schema'
import {
  addressSchema,
  bytesSchema,
  bytesUpToSchema,
  integerSchema,
} from '../permission/scalar-schema'
import type { TermsProblem } from '../permission/terms-problem'
import { spendLimitListSchema } from '../permission/terms-schema'
import { termsOf } from './policy-document'
import { MAX_REVOKERS } from './policy-id'

/** Longest session of any policy, in seconds: 30 days. */
export const MAX_POLICY_DURATION_SECONDS = 2_592_000
/** Shortest session a policy may offer, in seconds. */
export const MIN_POLICY_DURATION_SECONDS = 60
/** Bounds of the gas of one action. */
export const GAS_LIMIT_MIN = 21_000
export const GAS_LIMIT_MAX = 2_000_000

/** Text that players read: no control characters, no invisible or direction-changing ones that could disguise it. */
const visibleTextPattern =
  /^[^\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*$/u

function visibleText(min: number, max: number) {
  return z
    .string()
    .trim()
    .min(min)
    .max(max)
    .regex(visibleTextPattern, 'must not contain invisible characters')
}

/** Lower-case words joined by hyphens, 2 to 40 characters. */
export const slugSchema = z
  .string()
  .min(2)
  .max(40)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be like my-game')

/** One game action as a document or a studio's form carries it. */
export const gameActionJsonSchema = z.strictObject({
  name: visibleText(1, 40),
  description: visibleText(0, 160),
  permission: permissionJsonSchema,
  gasLimit: integerSchema(GAS_LIMIT_MIN, GAS_LIMIT_MAX),
})

/** 1 to 8 actions; that no function is named twice is checked with the whole document. */
export const gameActionListSchema = z
  .array(gameActionJsonSchema)
  .min(1)
  .max(MAX_PERMISSIONS)

/** Path of a field of the terms, in a document that writes them as actions. */
export function toDocumentPath(
  path: TermsProblem['path'],
): (string | number)[] {
  const [first, index, ...rest] = path
  if (first !== 'permissions') return [...path]
  return index === undefined
    ? ['actions']
    : ['actions', index, 'permission', ...rest]
}

const namedSlug = z.strictObject({ slug: slugSchema, name: visibleText(1, 60) })

/** Unix seconds, 0 = not paused, 2^40-1 = paused without end. */
export const pausedUntilSchema = integerSchema(0, 2 ** 40 - 1)

/** Session length in seconds. */
export const maxDurationSchema = integerSchema(
  MIN_POLICY_DURATION_SECONDS,
  MAX_POLICY_DURATION_SECONDS,
)

/** A whole policy document. */
export const policyDocumentSchema = z
  .strictObject({
    game: namedSlug,
    studio: namedSlug,
    version: integerSchema(1, 2_147_483_647),
    chainId: integerSchema(1, Number.MAX_SAFE_INTEGER),
    actions: gameActionListSchema,
    spendLimits: spendLimitListSchema,
    maxDurationSeconds: maxDurationSchema,
  })
  .transform((document, context) => {
    const problems = checkTogether(termsOf(document)).map((each) => ({
      ...each,
      path: toDocumentPath(each.path),
    }))
    addProblems(context, problems)
    return document
  })

/** Most bytes of a table: its counts, entries with as many rules as there can be, and spend limits. */
const MAX_TABLE_BYTES = 70_000

/** A published policy as it crosses the wire. */
export const policySchema = z.strictObject({
  id: bytesSchema(32),
  document: policyDocumentSchema,
  documentHash: bytesSchema(32),
  termsHash: bytesSchema(32),
  table: bytesUpToSchema(MAX_TABLE_BYTES, 30),
  tableHash: bytesSchema(32),
  owner: addressSchema,
  revokers: z.array(addressSchema).max(MAX_REVOKERS),
  pausedUntil: pausedUntilSchema,
})

import { z } from 'zod'
import {
  isSameFunction,
  MAX_PERMISSIONS,
  permissionJsonSchema,
} from '../permission/permission-schema'
import {
  addressSchema,
  bytesSchema,
  bytesUpToSchema,
  integerSchema,
} from '../permission/scalar-schema'
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

/** 1 to 8 actions, no function twice. */
export const gameActionListSchema = z
  .array(gameActionJsonSchema)
  .min(1)
  .max(MAX_PERMISSIONS)
  .superRefine((actions, context) => {
    actions.forEach((action, index) => {
      const isDuplicate = actions
        .slice(0, index)
        .some((other) => isSameFunction(other.permission, action.permission))
      if (!isDuplicate) return
      context.addIssue({
        code: 'custom',
        path: [index, 'permission', 'signature'],
        message: 'is listed twice for the same contract',
      })
    })
  })

const namedSlug = z.strictObject({ slug: slugSchema, name: visibleText(1, 60) })

/** Unix seconds, 0 = not paused, 2^40-1 = paused without end. */
export const pausedUntilSchema = integerSchema(0, 2 ** 40 - 1)

/** Session length in seconds. */
export const maxDurationSchema = integerSchema(
  MIN_POLICY_DURATION_SECONDS,
  MAX_POLICY_DURATION_SECONDS,
)

/** A whole policy document. */
export const policyDocumentSchema = z.strictObject({
  game: namedSlug,
  studio: namedSlug,
  version: integerSchema(1, 2_147_483_647),
  chainId: integerSchema(1, Number.MAX_SAFE_INTEGER),
  actions: gameActionListSchema,
  maxDurationSeconds: maxDurationSchema,
})

/** A published policy as it crosses the wire. */
export const policySchema = z.strictObject({
  id: bytesSchema(32),
  document: policyDocumentSchema,
  documentHash: bytesSchema(32),
  permissionsHash: bytesSchema(32),
  table: bytesUpToSchema(61 * MAX_PERMISSIONS, 29),
  tableHash: bytesSchema(32),
  owner: addressSchema,
  revokers: z.array(addressSchema).max(MAX_REVOKERS),
  pausedUntil: pausedUntilSchema,
})

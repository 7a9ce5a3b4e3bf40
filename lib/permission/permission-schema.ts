import { z } from 'zod'
import { checkPermission } from './check-permission'
import { isFunctionSignature, MAX_SIGNATURE_LENGTH } from './function-signature'
import {
  MAX_CALLS,
  MAX_PERIOD_SECONDS,
  MAX_RULE_LENGTH,
  MAX_RULES,
} from './limits'
import { fromPermissionJson } from './permission-json'
import { addressSchema, integerSchema, weiStringSchema } from './scalar-schema'
import type { TermsProblem } from './terms-problem'

/** Canonical function signature. */
export const signatureSchema = z
  .string()
  .max(MAX_SIGNATURE_LENGTH)
  .refine(
    isFunctionSignature,
    'must be a canonical function signature such as move(uint8)',
  )

/** Texts of rules, bounded; whether they are rules depends on the function. */
export const ruleListSchema = z
  .array(z.string().max(MAX_RULE_LENGTH))
  .max(MAX_RULES)

/** Where a schema reports what it found. */
type IssueContext = {
  addIssue: (issue: {
    code: 'custom'
    path: (string | number)[]
    message: string
  }) => void
}

/** Tells zod about problems; paths stay. */
export function addProblems(
  context: IssueContext,
  problems: readonly TermsProblem[],
): void {
  for (const { path, message } of problems) {
    context.addIssue({ code: 'custom', path: [...path], message })
  }
}

/** One `PermissionJson`, parsed and bounded as the contract bounds it. */
export const permissionJsonSchema = z
  .strictObject({
    to: addressSchema,
    signature: signatureSchema,
    maxCalls: integerSchema(1, MAX_CALLS),
    maxValuePerCall: weiStringSchema,
    maxValue: weiStringSchema,
    period: integerSchema(0, MAX_PERIOD_SECONDS),
    maxCallsPerPeriod: integerSchema(0, MAX_CALLS),
    maxValuePerPeriod: weiStringSchema,
    rules: ruleListSchema,
  })
  // Not a refinement: those run on values whose shape is wrong, too.
  .transform((json, context) => {
    addProblems(context, checkPermission(fromPermissionJson(json)))
    return json
  })

import { z } from 'zod'
import {
  permissionJsonSchema,
  ruleListSchema,
} from '../permission/permission-schema'
import { gameActionJsonSchema } from './policy-schema'

const { name, description, gasLimit } = gameActionJsonSchema.shape

/** A `GameActionInput` as a studio's form sends it, turned into a game action; the paths of problems are the form's fields. Limits per period and rules may be left out. */
export const gameActionInputSchema = z
  .strictObject({
    id: z.uuid().optional(),
    name,
    description,
    gasLimit,
    contract: z.string(),
    signature: z.string(),
    maxCalls: z.number(),
    maxValuePerCall: z.string(),
    maxValue: z.string(),
    period: z.number().default(0),
    maxCallsPerPeriod: z.number().default(0),
    maxValuePerPeriod: z.string().default('0'),
    rules: ruleListSchema.default([]),
  })
  .transform(({ contract, ...input }, context) => {
    const { id, name, description, gasLimit, ...limits } = input
    const permission = permissionJsonSchema.safeParse({
      ...limits,
      to: contract,
    })
    if (permission.success) {
      const action = { name, description, gasLimit }
      return {
        ...(id === undefined ? {} : { id }),
        ...action,
        permission: permission.data,
      }
    }
    for (const issue of permission.error.issues)
      context.addIssue({
        code: 'custom',
        path: issue.path[0] === 'to' ? ['contract'] : issue.path,
        message: issue.message,
      })
    return z.NEVER
  })

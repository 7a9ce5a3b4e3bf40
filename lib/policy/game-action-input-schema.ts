import { z } from 'zod'
import { permissionJsonSchema } from '../permission/permission-schema'
import { gameActionJsonSchema } from './policy-schema'

const { name, description, gasLimit } = gameActionJsonSchema.shape

/** A `GameActionInput` as a studio's form sends it, turned into a game action; the paths of problems are the form's fields. */
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
  })
  .transform(({ contract, signature, ...input }, context) => {
    const { maxCalls, maxValuePerCall, maxValue, ...rest } = input
    const permission = permissionJsonSchema.safeParse({
      ...{ to: contract, signature, maxCalls, maxValuePerCall, maxValue },
    })
    if (permission.success) return { ...rest, permission: permission.data }
    for (const issue of permission.error.issues)
      context.addIssue({
        code: 'custom',
        path: issue.path[0] === 'to' ? ['contract'] : issue.path,
        message: issue.message,
      })
    return z.NEVER
  })

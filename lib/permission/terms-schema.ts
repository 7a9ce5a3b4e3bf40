import { z } from 'zod'
import { checkSpendLimit, checkTogether } from './check-terms'
import { MAX_PERIOD_SECONDS, MAX_PERMISSIONS, MAX_SPEND_LIMITS } from './limits'
import { addProblems, permissionJsonSchema } from './permission-schema'
import { addressSchema, integerSchema, weiStringSchema } from './scalar-schema'
import { fromSpendLimitJson, fromTermsJson } from './terms-json'

/** One `SpendLimitJson`, parsed and bounded as the contract bounds it. */
export const spendLimitJsonSchema = z
  .strictObject({
    token: addressSchema,
    maxAmount: weiStringSchema,
    period: integerSchema(0, MAX_PERIOD_SECONDS),
    maxAmountPerPeriod: weiStringSchema,
  })
  .transform((json, context) => {
    addProblems(context, checkSpendLimit(fromSpendLimitJson(json)))
    return json
  })

/** At most 4 spend limits; that no token is named twice is checked with the whole terms. */
export const spendLimitListSchema = z
  .array(spendLimitJsonSchema)
  .max(MAX_SPEND_LIMITS)

/** One `TermsJson`, parsed and bounded as the contract bounds it. Only what needs addresses of this deployment is left to `checkTerms`. */
export const termsJsonSchema = z
  .strictObject({
    permissions: z.array(permissionJsonSchema).min(1).max(MAX_PERMISSIONS),
    spendLimits: spendLimitListSchema,
  })
  .transform((json, context) => {
    addProblems(context, checkTogether(fromTermsJson(json)))
    return json
  })

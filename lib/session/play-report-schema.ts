import { z } from 'zod'
import { bytesSchema, integerSchema } from '../permission/scalar-schema'

const codeSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9_]+$/)

/** One `PlayReport`, bounded. */
export const playReportSchema = z.strictObject({
  sessionId: bytesSchema(32),
  playSeconds: integerSchema(0, 120),
  latenciesMs: z.array(integerSchema(0, 600_000)).max(500),
  refusals: z
    .record(codeSchema, integerSchema(1, 10_000))
    .refine((counts) => Object.keys(counts).length <= 20, 'at most 20 codes'),
})

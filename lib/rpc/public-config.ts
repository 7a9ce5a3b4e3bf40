import { z } from 'zod'
import { addressSchema } from '../permission/scalar-schema'

/** What a browser needs to know about the deployment: `GET /api/config`. Nothing secret. */
export const publicConfigSchema = z.object({
  chainId: z.int().min(1),
  sessionManager: addressSchema,
  factory: addressSchema,
  /** Demo game. */
  delve: addressSchema,
  /** Base URL of a block explorer; null uses the built-in page. */
  explorerUrl: z.string().nullable(),
  /** Allows the development wallet. */
  isLocalChain: z.boolean(),
  /** Unix milliseconds; the browser corrects its clock by it. */
  serverTimeMs: z.int(),
})

export type PublicConfig = z.infer<typeof publicConfigSchema>

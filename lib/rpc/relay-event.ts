import { z } from 'zod'
import { bytesSchema, integerSchema } from '../permission/scalar-schema'
import { pausedUntilSchema } from '../policy/policy-schema'

const uint32 = integerSchema(0, 2 ** 32 - 1)

/** What `/api/events` pushes, one JSON object per server-sent event. Unknown members are ignored, so that servers may add some. */
export const relayEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('intent'),
    /** callsId. */
    id: bytesSchema(32),
    sessionId: bytesSchema(32),
    lane: uint32,
    sequence: uint32,
    /** One that was told before is taken back by `queued` or `submitted`: the blocks that had settled it were undone. */
    status: z.enum([
      'queued',
      'submitted',
      'confirmed',
      'reverted',
      'rejected',
    ]),
    /** Error code or revert reason. */
    reason: z.string().max(500).nullish(),
    txHash: bytesSchema(32).nullish(),
    blockNumber: z.int().min(0).nullish(),
    /** Unix milliseconds; null until settled. */
    settledAtMs: z.int().min(0).nullish(),
  }),
  z.object({
    type: z.literal('session'),
    sessionId: bytesSchema(32),
    status: z.enum(['pending', 'active', 'revoking', 'revoked', 'failed']),
    /** Reason given by an admin or studio, or why enabling failed. */
    reason: z.string().max(500).nullish(),
    /** In words: `you`, `the studio`, `an admin`, `the session key`. */
    revokedBy: z.string().max(60).nullish(),
    /** Unix seconds, exclusive; given when a session was enabled or renewed. */
    validUntil: z.int().min(0).nullish(),
  }),
  z.object({
    type: z.literal('policy'),
    policyId: bytesSchema(32),
    pausedUntil: pausedUntilSchema,
  }),
  z.object({
    /** What is in blocks up to this one is final: it is not taken back any more. */
    type: z.literal('final'),
    blockNumber: z.int().min(0),
  }),
])

export type RelayEvent = z.infer<typeof relayEventSchema>

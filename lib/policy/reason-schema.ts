import { z } from 'zod'

/** Why staff did something: 3 to 300 characters without control characters. */
export const reasonSchema = z
  .string()
  .trim()
  .min(3, 'must have at least 3 characters')
  .max(300, 'must have at most 300 characters')
  .regex(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u, 'must be plain text')

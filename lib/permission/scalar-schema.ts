import { type Address, getAddress, type Hex, isAddress } from 'viem'
import { z } from 'zod'
import { MAX_AMOUNT } from './limits'

/** 20-byte address in one casing, or with a correct checksum; out comes the checksummed form. */
export const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be a 20-byte hex address')
  .refine(
    (value) =>
      value === value.toLowerCase() || isAddress(value, { strict: true }),
    'has a wrong checksum',
  )
  .transform((value): Address => getAddress(value))

/** Hex bytes of exactly `size` bytes, lower-cased. */
export function bytesSchema(size: number) {
  return z
    .string()
    .length(2 + size * 2, `must be ${size} bytes of hex`)
    .regex(/^0x[0-9a-fA-F]*$/, 'must be hex that starts with 0x')
    .transform((value) => value.toLowerCase() as Hex)
}

/** Hex bytes of `minBytes` to `maxBytes`, both inclusive, lower-cased. */
export function bytesUpToSchema(maxBytes: number, minBytes = 0) {
  return z
    .string()
    .min(2 + minBytes * 2, `must be at least ${minBytes} bytes of hex`)
    .max(2 + maxBytes * 2, `must be at most ${maxBytes} bytes of hex`)
    .regex(/^0x(?:[0-9a-fA-F]{2})*$/, 'must be whole bytes of hex')
    .transform((value) => value.toLowerCase() as Hex)
}

/** Integer of `min` to `max`, both inclusive. */
export function integerSchema(min: number, max: number) {
  return z.int().min(min).max(max)
}

/** An amount that the chain can meter, wei or token units, as a canonical decimal string: 0 to 2^112-1. */
export const weiStringSchema = z
  .string()
  .max(34)
  .regex(/^(?:0|[1-9][0-9]*)$/, 'must be a whole number')
  .refine(
    (text) => /^[0-9]{1,34}$/.test(text) && BigInt(text) <= MAX_AMOUNT,
    'must be below 2^112',
  )

/** JSON-RPC quantity of at most 256 bits: hex without leading zeros. */
export const quantitySchema = z
  .string()
  .max(66)
  .regex(/^0x(?:0|[1-9a-fA-F][0-9a-fA-F]*)$/, 'must be a hex quantity')
  .transform((value) => value.toLowerCase() as Hex)

/** Unix seconds that fit 40 bits. Refuses milliseconds, which people send by mistake. */
export const unixSecondsSchema = z
  .int()
  .min(0)
  .max(99_999_999_999, 'looks like milliseconds; send unix seconds')

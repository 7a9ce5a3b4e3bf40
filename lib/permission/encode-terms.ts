import { encodeAbiParameters, type Hex } from 'viem'
import type { Terms } from './terms'

const termsParameter = {
  type: 'tuple',
  components: [
    {
      name: 'permissions',
      type: 'tuple[]',
      components: [
        { name: 'to', type: 'address' },
        { name: 'signature', type: 'string' },
        { name: 'maxCalls', type: 'uint32' },
        { name: 'maxValuePerCall', type: 'uint112' },
        { name: 'maxValue', type: 'uint112' },
        { name: 'period', type: 'uint32' },
        { name: 'maxCallsPerPeriod', type: 'uint32' },
        { name: 'maxValuePerPeriod', type: 'uint112' },
        { name: 'rules', type: 'string[]' },
      ],
    },
    {
      name: 'spendLimits',
      type: 'tuple[]',
      components: [
        { name: 'token', type: 'address' },
        { name: 'maxAmount', type: 'uint112' },
        { name: 'period', type: 'uint32' },
        { name: 'maxAmountPerPeriod', type: 'uint112' },
      ],
    },
  ],
} as const

/** `abi.encode(terms)`: how grants and `publish` carry them. */
export function encodeTerms(terms: Terms): Hex {
  return encodeAbiParameters([termsParameter], [terms])
}

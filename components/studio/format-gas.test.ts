import { expect, test } from 'vitest'
import { formatGas } from './format-gas'

test.each([
  [0, '0'],
  [999_999, '999,999'],
  [1_000_000, '1 million'],
  [1_239_999, '1.23 million'],
  [12_390_000, '12.3 million'],
  [499_999_999, '499 million'],
  [500_000_000_000, '500 billion'],
  [1_000_000_000_000, '1 trillion'],
  [9_007_199_254_740_991, '9,007 trillion'],
])('param: %s gas', (gas, text) => {
  expect(formatGas(gas)).toBe(text)
})

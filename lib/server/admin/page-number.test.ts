import { expect, test } from 'vitest'
import { pageNumber } from './page-number'

test.each([
  [undefined, 1],
  [Number.NaN, 1],
  [-3, 1],
  [2.9, 2],
  [1e308, 100_000],
  [Number.POSITIVE_INFINITY, 100_000],
])(
  'security: page %s never reaches the database as it is, but as %s',
  (page, expected) => {
    expect(pageNumber(page)).toBe(expected)
  },
)

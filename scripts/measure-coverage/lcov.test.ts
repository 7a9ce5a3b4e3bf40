import { expect, test } from 'vitest'
import { parseLcov, renderCoverage } from './lcov'

const report = `TN:
SF:/tmp/x/src/A.sol
DA:3,5
DA:4,0
BRDA:3,0,0,2
BRDA:3,0,1,-
BRDA:5,1,0,0
end_of_record
TN:
SF:test/B.t.sol
DA:1,1
end_of_record
`

test('parseLcov: lines and branches of the sources', () => {
  expect(parseLcov(report)).toEqual([
    {
      file: 'src/A.sol',
      ...{ lines: 2, linesHit: 1, branches: 3, branchesHit: 1 },
      missed: [3, 4, 5],
    },
  ])
})

test('parseLcov: lines that do not count are left out', () => {
  expect(
    parseLcov(report, { countsLine: (_, line) => line === 3 }),
  ).toMatchObject([
    { lines: 1, linesHit: 1, branches: 2, branchesHit: 1, missed: [3] },
  ])
})

test('parseLcov: an added if has no branches', () => {
  expect(parseLcov(report, { isAdded: (_, line) => line === 5 })).toMatchObject(
    [{ lines: 2, branches: 2, branchesHit: 1, missed: [3, 4] }],
  )
})

test('renderCoverage: totals come last', () => {
  const text = renderCoverage(parseLcov(report))
  expect(text).toContain('not: 3 4 5')
  expect(text).toMatch(
    /^lines: {2}50.00 % \(1\/2\), branches: {2}33.33 % \(1\/3\)$/m,
  )
})

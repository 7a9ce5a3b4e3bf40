import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findGasTable, replaceGasTable } from './readme-table'
import { type GasResults, renderGasTable } from './render-table'

const readme = readFileSync('README.md', 'utf8')
const results = JSON.parse(
  readFileSync('bench/results/gas.json', 'utf8'),
) as GasResults

describe("README's gas table", () => {
  test('behavior: it shows what was measured', () => {
    expect(findGasTable(readme)).toBe(renderGasTable(results))
  })

  test('behavior: another measurement shows other figures', () => {
    const changed = structuredClone(results)
    changed.playkey.p256['100'] += 1
    const written = replaceGasTable(readme, renderGasTable(changed))
    expect(written).not.toBe(readme)
    expect(findGasTable(written)).toBe(renderGasTable(changed))
    expect(replaceGasTable(written, renderGasTable(results))).toBe(readme)
  })

  test('error: without markers there is nothing to show', () => {
    expect(() => findGasTable('# Playkey')).toThrow('README has no markers')
  })
})

describe('renderGasTable', () => {
  const table = renderGasTable(results)

  test('behavior: figures are read against the direct transaction', () => {
    expect(table).toContain(
      `| none | ${results.direct.eoa.toLocaleString('en-US')} (1.00) |`,
    )
  })

  test('behavior: every rule, peer and version is there', () => {
    for (const name of [
      ...Object.keys(results.playkey.rules),
      ...Object.keys(results.peers),
    ])
      expect(table).toContain(`| ${name} |`)
    for (const [name, version] of Object.entries(results.versions))
      expect(table).toContain(`${name} ${version}`)
  })
})

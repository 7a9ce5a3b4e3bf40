const start = '<!-- gas -->\n'
const end = '\n<!-- /gas -->'

function locate(readme: string): [number, number] {
  const from = readme.indexOf(start) + start.length
  const to = readme.indexOf(end, from - 1)
  if (from < start.length || to < 0) throw new Error('README has no markers')
  return [from, Math.max(from, to)]
}

/** What README shows between the markers. @throws without markers. */
export function findGasTable(readme: string): string {
  return readme.slice(...locate(readme)).trim()
}

/** README with `table` between the markers. @throws without markers. */
export function replaceGasTable(readme: string, table: string): string {
  const [from, to] = locate(readme)
  const rest = readme.slice(to).replace(/^\n*/, '')
  return `${readme.slice(0, from)}\n${table}\n\n${rest}`
}

/** What ran in one source file. Lines are those of the source. */
export interface FileCoverage {
  file: string
  lines: number
  linesHit: number
  branches: number
  branchesHit: number
  /** Lines with a branch that was never taken, or that never ran. */
  missed: number[]
}

/** What of the report is about the source. */
export interface Counting {
  /** Whether a line counts at all. */
  countsLine?: (file: string, line: number) => boolean
  /** Whether an `if` was added to the line, which counts no branch. */
  isAdded?: (file: string, line: number) => boolean
}

/** Reads forge's lcov report, for the files of `src` and what counts. */
export function parseLcov(
  report: string,
  counting: Counting = {},
): FileCoverage[] {
  return report
    .split('end_of_record')
    .flatMap((record) => {
      const file = /^SF:(.*)$/m.exec(record)?.[1]?.replace(/^.*?src\//, 'src/')
      return file?.startsWith('src/')
        ? [parseRecord(file, record, counting)]
        : []
    })
    .sort((a, b) => a.file.localeCompare(b.file))
}

function parseRecord(
  file: string,
  record: string,
  { countsLine = () => true, isAdded = () => false }: Counting,
): FileCoverage {
  const find = (pattern: RegExp) =>
    [...record.matchAll(pattern)].filter(([, line]) =>
      countsLine(file, Number(line)),
    )
  const lines = find(/^DA:(\d+),(\d+)/gm)
  const branches = find(/^BRDA:(\d+),\d+,\d+,(\d+|-)/gm).filter(
    ([, line]) => !isAdded(file, Number(line)),
  )
  const isHit = ([, , count]: RegExpMatchArray) => Number(count) > 0
  const missed = [...lines, ...branches]
    .filter((match) => !isHit(match))
    .map(([, line]) => Number(line))
  return {
    file,
    lines: lines.length,
    linesHit: lines.filter(isHit).length,
    branches: branches.length,
    branchesHit: branches.filter(isHit).length,
    missed: [...new Set(missed)].sort((a, b) => a - b),
  }
}

function percent(hit: number, all: number): string {
  const value = all === 0 ? 100 : Math.floor((hit / all) * 10_000) / 100
  return `${value.toFixed(2).padStart(6)} % (${hit}/${all})`
}

/** A line for each file, what was missed, and the totals. */
export function renderCoverage(files: readonly FileCoverage[]): string {
  const sum = (key: 'lines' | 'linesHit' | 'branches' | 'branchesHit') =>
    files.reduce((total, file) => total + file[key], 0)
  const rows = files.map(
    ({ file, missed, ...count }) =>
      `${file.padEnd(34)} lines ${percent(count.linesHit, count.lines).padEnd(20)} branches ${percent(count.branchesHit, count.branches).padEnd(18)} ${missed.length > 0 ? `not: ${missed.join(' ')}` : ''}`,
  )
  return [
    ...rows.map((row) => row.trimEnd()),
    `lines: ${percent(sum('linesHit'), sum('lines'))}, branches: ${percent(sum('branchesHit'), sum('branches'))}`,
  ].join('\n')
}

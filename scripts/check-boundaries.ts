import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { findViolations } from './boundaries/find-violations'

/** Fails when a committed or new file breaks the import, size or naming rules. */
const listed = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard'],
  { encoding: 'utf8' },
)
const paths = listed
  .split('\n')
  .filter((path) => /\.(tsx?|sol)$/.test(path) && existsSync(path))
  .filter((path) => !path.includes('/generated/'))
const violations = findViolations(
  new Map(paths.map((path) => [path, readFileSync(path, 'utf8')])),
)
for (const violation of violations) console.error(violation)
console.log(`${paths.length} files, ${violations.length} violations`)
process.exitCode = violations.length > 0 ? 1 : 0

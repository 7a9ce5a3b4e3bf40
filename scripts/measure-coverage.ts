// Branch coverage of contracts/src by the contracts' tests, with
// `forge coverage`. It works on a copy, because forge
// - finds no imports outside of its root: OpenZeppelin and solady are copied;
// - counts no branches of `require` in code that goes through the
//   intermediate representation, which these contracts need: each becomes an
//   `if` on the same lines (measure-coverage/rewrite.ts);
// - does not see some branches that were taken there, of which it sees no first
//   instruction: those are written in another way, on the same lines, too;
// - turns the optimizer off, and then more memory is in use where the frame of
//   a bundle is: that moves up.
// Lines of assembly are left out: unoptimized code carries no positions of most
// of them, so that forge says of calls that every test makes that none was. So
// are tests of gas and of P-256's arithmetic. A test may fail here because of
// gas or of where memory lies; what it would have covered is then missing, and
// the figures are lower bounds. `npm test` runs all tests on the real code.
//
// Every branch is taken. Of the lines, those are left that only copy or return
// a variable, or do nothing, and so have no instruction of their own (those
// around them ran); and one behind a loop that only ends by returning
// (FunctionSignature._readParameters).
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { locateForge } from './forge-binary'
import { parseLcov, renderCoverage } from './measure-coverage/lcov'
import {
  findAddedLines,
  findAssembly,
  moveFrame,
  unfoldCalls,
  unfoldElses,
  unfoldRequires,
} from './measure-coverage/rewrite'

const root = resolve(import.meta.dirname, '..')
const FRAME_DISTANCE = 0x1000
const FUZZ_RUNS = '32'

function layOut(folder: string): void {
  const left = /^test[\\/](gas|types[\\/]P256EdgeCases)/
  for (const name of ['src', 'test']) {
    cpSync(join(root, 'contracts', name), join(folder, name), {
      recursive: true,
      filter: (path) => !left.test(relative(join(root, 'contracts'), path)),
    })
  }
  const libraries = {
    '@openzeppelin/contracts': '@openzeppelin/contracts',
    'solady/src': 'solady',
  }
  for (const [from, to] of Object.entries(libraries)) {
    const target = join(folder, 'lib', to)
    cpSync(join(root, 'node_modules', from), target, {
      recursive: true,
      filter: (path) => !path.endsWith('.json'),
    })
  }
  for (const path of readdirSync(join(folder, 'src'), { recursive: true })) {
    if (!`${path}`.endsWith('.sol')) continue
    const file = join(folder, 'src', `${path}`)
    const source = readFileSync(file, 'utf8')
    const moved = `${path}`.endsWith('Frame.sol')
      ? moveFrame(source, FRAME_DISTANCE)
      : source
    writeFileSync(file, unfoldRequires(unfoldElses(unfoldCalls(moved))))
  }
  mkdirSync(join(folder, 'script'))
  writeFileSync(join(folder, 'foundry.toml'), renderConfig())
}

function renderConfig(): string {
  return `[profile.default]
libs = ["lib"]
solc = ${JSON.stringify(join(root, 'scripts/solc.mjs'))}
evm_version = "osaka"
auto_detect_remappings = false
remappings = [
  "@openzeppelin/contracts/=lib/@openzeppelin/contracts/",
  "solady/=lib/solady/",
]
fs_permissions = [{ access = "read", path = "./" }]
ignored_error_codes = [2424, 6335]

[fuzz]
runs = ${FUZZ_RUNS}

[invariant]
runs = 8
depth = 64
fail_on_revert = true
`
}

/** Whether a line of a file is among those that `find` finds in it. */
function among(find: (source: string) => Set<number>) {
  const known = new Map<string, Set<number>>()
  return (file: string, line: number): boolean => {
    const source = () => readFileSync(join(root, 'contracts', file), 'utf8')
    const lines = known.get(file) ?? find(source())
    known.set(file, lines)
    return lines.has(line)
  }
}

const isAssembly = among(findAssembly)

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'playkey-coverage-'))
try {
  layOut(folder)
  const { status, stdout } = spawnSync(
    locateForge(),
    [
      ...['coverage', '--offline', '--ir-minimum', '--report', 'lcov'],
      ...['--code-size-limit', '1000000', '--fuzz-seed', '1'],
    ],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NO_COLOR: '1' },
    },
  )
  const failed = [...new Set(stdout.match(/^\[FAIL[^\n]*/gm) ?? [])]
  const report = readFileSync(join(folder, 'lcov.info'), 'utf8')
  const files = parseLcov(report, {
    countsLine: (file, line) => !isAssembly(file, line),
    isAdded: among(findAddedLines),
  })
  if (files.length === 0) throw new Error('nothing of src was covered')
  if (failed.length > 0)
    console.log(
      ['failed on code that is not optimized:', ...failed].join('\n  '),
    )
  console.log(renderCoverage(files))
  if (failed.length === 0 && status !== 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

#!/usr/bin/env node
// Stands in for the native compiler, so that forge needs nothing but npm: the
// `solc` package (WebAssembly) behind the two calls that forge makes,
// `--version` and `--standard-json` with the input on stdin.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const solc = createRequire(import.meta.url)('solc')

// Like the native compiler, reads what the input names but does not contain.
function readImport(path) {
  try {
    return { contents: readFileSync(path, 'utf8') }
  } catch (error) {
    return { error: String(error) }
  }
}

if (process.argv.includes('--version')) {
  process.stdout.write(
    `solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`,
  )
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(
    solc.compile(readFileSync(0, 'utf8'), { import: readImport }),
  )
} else {
  process.stderr.write('usage: solc.mjs --version | --standard-json < input\n')
  process.exitCode = 1
}

#!/usr/bin/env node
// Stands in for the native compiler, so that forge needs nothing but npm: the
// `solc` package (WebAssembly) behind the two calls that forge makes,
// `--version` and `--standard-json` with the input on stdin.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { relative, resolve } from 'node:path'

const solc = createRequire(import.meta.url)('solc')

// forge names a source outside its root now by a relative, now by an absolute
// path. The native compiler finds the two to be one file; here every name is
// made relative to the folder above, which also keeps the output the same on
// every machine.
function canonical(name) {
  return relative('..', resolve(name)).replaceAll('\\', '/')
}

function renameKeys(object, rename) {
  return Object.fromEntries(
    Object.entries(object ?? {}).map(([name, value]) => [rename(name), value]),
  )
}

function compile(json) {
  const input = JSON.parse(json)
  const { settings } = input
  const originals = new Map(
    Object.keys(input.sources).map((name) => [canonical(name), name]),
  )
  const original = (name) => originals.get(name) ?? name

  input.sources = renameKeys(input.sources, canonical)
  settings.outputSelection = renameKeys(settings.outputSelection, (name) =>
    name === '*' ? name : canonical(name),
  )
  settings.remappings = settings.remappings?.map((remapping) => {
    const [prefix, target] = remapping.split('=')
    return `${prefix}=${canonical(target)}/`
  })

  const output = JSON.parse(solc.compile(JSON.stringify(input)))
  output.sources = renameKeys(output.sources, original)
  output.contracts = renameKeys(output.contracts, original)
  for (const source of Object.values(output.sources)) {
    if (source.ast) source.ast.absolutePath = original(source.ast.absolutePath)
  }
  for (const error of output.errors ?? []) {
    const location = error.sourceLocation
    if (location) location.file = original(location.file)
  }
  return JSON.stringify(output)
}

if (process.argv.includes('--version')) {
  process.stdout.write(
    `solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`,
  )
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(compile(readFileSync(0, 'utf8')))
} else {
  process.stderr.write('usage: solc.mjs --version | --standard-json < input\n')
  process.exitCode = 1
}

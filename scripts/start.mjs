#!/usr/bin/env node
// Plain JavaScript without dependencies: it runs before anything is installed.
import { spawn } from 'node:child_process'
import { ensureInstalled, requireNode } from './install.mjs'

requireNode()
await ensureInstalled()

const child = spawn(
  process.execPath,
  ['--import', 'tsx', 'scripts/supervise.ts', ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
// The terminal sends Ctrl-C to the supervisor as well, which stops everything in order; here we only wait for it.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1)
})

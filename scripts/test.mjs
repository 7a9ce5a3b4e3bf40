#!/usr/bin/env node
// Plain JavaScript without dependencies: it runs before anything is installed.
import { spawn } from 'node:child_process'
import { ensureInstalled, requireNode } from './install.mjs'

requireNode()
await ensureInstalled()

const child = spawn(
  process.execPath,
  ['--import', 'tsx', 'scripts/test/run-all.ts', ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
// Who asks this to stop means the steps, which end in order.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1)
})

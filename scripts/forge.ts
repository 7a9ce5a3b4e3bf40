// forge with its own exit code, for the scripts of package.json.
import { spawnSync } from 'node:child_process'
import { locateForge } from './forge-binary'

const args = process.argv.slice(2)
const { status, error } = spawnSync(locateForge(), args, { stdio: 'inherit' })
if (error) throw error
process.exitCode = status ?? 1

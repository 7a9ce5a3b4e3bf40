// Plain JavaScript without dependencies: it runs before anything is installed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'

const oldestNode = [20, 9]
const stamp = 'node_modules/.playkey-lock'

/** Exits with a clear message when Node is older than the project can run on. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldestMajor, oldestMinor] = oldestNode
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor))
    return
  console.error(
    `Playkey needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}. Install it from nodejs.org or with your version manager, then run the command again.`,
  )
  process.exit(1)
}

/** Installs what the lockfile says, unless exactly that is installed already. */
export async function ensureInstalled() {
  const lock = createHash('sha256')
    .update(await readFile('package-lock.json'))
    .digest('hex')
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === lock) return
  console.log('Installing dependencies …')
  // Not `npm ci`: it refuses a lockfile made where other platforms' binaries could not be looked up.
  // This installs the same pinned versions, checks the same hashes, and writes neither file.
  await run('npm', [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])
  await writeFile(stamp, lock)
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: 'inherit',
      shell: process.platform === 'win32',
    })
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${command} ${args.join(' ')} failed (${code})`)),
    )
  })
}

import { createRequire } from 'node:module'
import { dirname } from 'node:path'

/**
 * Path of the forge that npm installed. It is the platform's binary itself:
 * npm's wrapper around it (`node_modules/.bin/forge`) ends with exit code 0
 * whatever forge says.
 * @throws when no forge is installed for this platform.
 */
export function locateForge(): string {
  const { platform } = process
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  const name = platform === 'win32' ? 'forge.exe' : 'forge'
  const manifest = createRequire(import.meta.url).resolve(
    `@foundry-rs/forge-${platform}-${arch}/package.json`,
  )
  return `${dirname(manifest)}/bin/${name}`
}

import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The secret that signs login cookies of this installation; made once, readable by its user alone. */
export async function readLoginSecret(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'login-secret')
  const known = await readFile(file, 'utf8').catch(() => null)
  if (known) return known
  const secret = randomBytes(32).toString('hex')
  await writeFile(file, secret, { mode: 0o600, flag: 'wx' })
  return secret
}

import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * Whether an `Authorization` header carries the token. Hashes are compared, so that the time taken tells neither
 * content nor length.
 */
export function carriesToken(header: string | null, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? ''
  return timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

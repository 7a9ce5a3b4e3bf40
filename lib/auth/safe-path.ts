const FALLBACK = '/play/delve'
const MAX_LENGTH = 512

/**
 * Where a login leads: a path of this site and nothing else, whatever the address bar says.
 * @param callbackUrl Untrusted; anything but a plain path of at most 512 characters gives the start of the game.
 */
export function safePath(callbackUrl: string | string[] | undefined): string {
  if (typeof callbackUrl !== 'string' || callbackUrl.length > MAX_LENGTH)
    return FALLBACK
  const base = 'http://self.invalid'
  if (!callbackUrl.startsWith('/') || !URL.canParse(callbackUrl, base))
    return FALLBACK
  const url = new URL(callbackUrl, base)
  // `/.//evil` is of this site until its path, `//evil`, is read on its own.
  if (url.origin !== base || url.pathname.startsWith('//')) return FALLBACK
  return `${url.pathname}${url.search}`
}

/** What a log says of an error. */
export type ErrorDescription = {
  name: string
  /** First line, at most 300 characters: errors of chain client and database driver go on with whole requests. */
  message: string
  /** The error's own code: SQLSTATE, Prisma, Node, JSON-RPC. */
  code?: string
  /** Where it was thrown, innermost first; not of refusals, which are no accidents. */
  at?: string[]
}

const MESSAGE_MAX = 300
const FRAMES_MAX = 4
const codePattern = /^-?[A-Za-z0-9_]{1,40}$/
/** A signature or a signed transaction; ids and hashes are shorter. */
const longHex = /0x[0-9a-fA-F]{65,}/g

/** An error without what its text may quote. */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { name: 'unknown', message: '' }
  const lines = error.message.split('\n')
  const first = lines.find((line) => line.trim() !== '') ?? ''
  const code = 'code' in error ? String(error.code) : ''
  const at = error.name === 'PlaykeyError' ? [] : framesOf(error)
  return {
    name: error.name,
    message: shorten(first),
    ...(codePattern.test(code) ? { code } : {}),
    ...(at.length > 0 ? { at } : {}),
  }
}

/** A text of somebody else, such as a node, without what it may quote. */
export function shorten(text: string): string {
  return text.replaceAll(longHex, '0x…').slice(0, MESSAGE_MAX)
}

/** Functions and files only; what comes before the first frame repeats the message. */
function framesOf({ stack = '' }: Error): string[] {
  return stack
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .slice(0, FRAMES_MAX)
    .map((line) => line.slice(7))
}

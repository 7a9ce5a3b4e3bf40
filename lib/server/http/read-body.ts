import { PlaykeyError } from '@/lib/errors/base-error'

/** Largest request body, in bytes. */
export const MAX_BODY_BYTES = 262_144

/**
 * The request's body as text; stops reading as soon as it is too large, whatever its length header claims.
 * @throws PlaykeyError `payload_too_large`
 */
export async function readBody(
  request: Request,
  maxBytes = MAX_BODY_BYTES,
): Promise<string> {
  const tooLarge = () =>
    new PlaykeyError('payload_too_large', { details: { maxBytes } })
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes)
    throw tooLarge()
  if (!request.body) return ''
  const decoder = new TextDecoder()
  const reader = request.body.getReader()
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > maxBytes) {
      await reader.cancel()
      throw tooLarge()
    }
    text += decoder.decode(value, { stream: true })
  }
}

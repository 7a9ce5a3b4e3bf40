import type { IncomingMessage } from 'node:http'
import { PlaykeyError } from '@/lib/errors/base-error'
import { MAX_BODY_BYTES } from '../read-body'

/**
 * The request's body as text; keeps nothing of one that is too large, whatever its length header claims.
 * @throws PlaykeyError `payload_too_large`; `invalid_request` when the caller goes away before its end
 */
export function readIncoming(
  request: IncomingMessage,
  maxBytes = MAX_BODY_BYTES,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const refuse = () => {
      // The rest goes nowhere: answered while it still comes, a caller would see a broken connection.
      request.removeAllListeners('data').resume()
      reject(new PlaykeyError('payload_too_large', { details: { maxBytes } }))
    }
    if (Number(request.headers['content-length'] ?? 0) > maxBytes)
      return refuse()
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size > maxBytes) return refuse()
      chunks.push(chunk)
    })
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.once('close', () => reject(new PlaykeyError('invalid_request')))
  })
}

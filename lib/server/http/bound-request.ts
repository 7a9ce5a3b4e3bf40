import { NextRequest } from 'next/server'
import { readBody } from './read-body'

/**
 * The same request with its body read already, for handlers that would read it whole whatever its size.
 * @throws PlaykeyError `payload_too_large`
 */
export async function boundRequest(
  request: NextRequest,
  maxBytes: number,
): Promise<NextRequest> {
  const body = await readBody(request, maxBytes)
  const { url, method, headers } = request
  return new NextRequest(url, { method, headers, body })
}

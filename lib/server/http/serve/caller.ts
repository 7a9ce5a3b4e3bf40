import type { IncomingMessage } from 'node:http'

/** A request's headers as the rate limits read them: where no proxy named an address, the one that the request came from, as Next has it. */
export function callerOf(request: IncomingMessage): {
  headers: Pick<Headers, 'get'>
} {
  return {
    headers: {
      get(name) {
        const value = request.headers[name.toLowerCase()]
        const text = Array.isArray(value) ? value.join(', ') : value
        if (text !== undefined) return text
        if (name !== 'x-forwarded-for') return null
        return request.socket.remoteAddress ?? null
      },
    },
  }
}

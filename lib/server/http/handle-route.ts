import type { ErrorCode } from '@/lib/errors/error-table'
import { noteRequest } from '../observe/note-request'
import { classifyError, toResponse } from './render-error'

/** Wraps a route: whatever it throws is answered through the table of errors, and counted. */
export function handleRoute(
  run: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname } = new URL(request.url)
    const startedMs = performance.now()
    const note = (code: ErrorCode | null) =>
      noteRequest(
        pathname.replace('/api/', ''),
        ...([code, performance.now() - startedMs] as const),
      )
    try {
      const response = await run(request)
      note(null)
      return response
    } catch (cause) {
      const error = classifyError(cause, pathname)
      note(error.code)
      return toResponse(error)
    }
  }
}

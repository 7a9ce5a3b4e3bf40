import { renderError } from './render-error'

/** Wraps a route: whatever it throws is answered through the table of errors. */
export function handleRoute(
  run: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      return await run(request)
    } catch (error) {
      return renderError(error, new URL(request.url).pathname)
    }
  }
}

import { HttpRequestError, TimeoutError } from 'viem'

/** Whether a node did not answer at all, rather than refuse. */
export function isAway(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if (at instanceof HttpRequestError || at instanceof TimeoutError)
      return true
  return false
}

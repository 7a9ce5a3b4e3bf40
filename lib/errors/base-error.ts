import { type ErrorCode, errorTable } from './error-table'

/** JSON that may travel with an error: limits, field paths, ids. Never secrets. */
export type ErrorDetails = Record<
  string,
  string | number | boolean | null | readonly string[]
>

export type PlaykeyErrorOptions = {
  /** Replaces the table's sentence. */
  message?: string
  /** Replaces the table's remedy. */
  remedy?: string
  details?: ErrorDetails
  cause?: unknown
}

/** The one error class. What it says comes from `errorTable` unless overridden. */
export class PlaykeyError extends Error {
  override readonly name = 'PlaykeyError'
  readonly code: ErrorCode
  /** What the player should do next. One sentence. */
  readonly remedy: string
  readonly details: ErrorDetails | undefined

  constructor(code: ErrorCode, options: PlaykeyErrorOptions = {}) {
    const row = errorTable[code]
    super(
      options.message ?? row.message,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
    this.remedy = options.remedy ?? row.remedy
    this.details = options.details
  }

  /** Innermost cause, or the first error of the chain (this one included) that satisfies `test`; null when none does. */
  walk(test?: (error: unknown) => boolean): unknown {
    let current: unknown = this
    for (let depth = 0; depth < 32; depth += 1) {
      if (test?.(current)) return current
      const cause = current instanceof Error ? current.cause : undefined
      if (cause === undefined || cause === null) return test ? null : current
      current = cause
    }
    return test ? null : current
  }
}

/** `error` as a PlaykeyError; anything unknown becomes `internal` with the original as cause. */
export function toPlaykeyError(error: unknown): PlaykeyError {
  if (error instanceof PlaykeyError) return error
  return new PlaykeyError('internal', { cause: error })
}

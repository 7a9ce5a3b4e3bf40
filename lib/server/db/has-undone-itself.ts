/** PostgreSQL's code for a division by zero. */
const DIVISION_BY_ZERO = '22012'

/**
 * Whether a statement undid all that it did. One that finds, with its rows locked, other facts than its caller had read
 * divides by zero for that purpose: it takes one round trip where a transaction would take four.
 */
export function hasUndoneItself(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === DIVISION_BY_ZERO
}

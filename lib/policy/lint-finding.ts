/** One finding. `block` stops publishing, `warn` asks the studio to look again. */
export type LintFinding = {
  level: 'block' | 'warn'
  /** Path of the field, for example `actions.1.permission.signature`. */
  field: string
  message: string
}

import type { ErrorRow } from './error-row'
import { grantErrors } from './grant-errors'
import { intentErrors } from './intent-errors'
import { loginErrors, requestErrors } from './request-errors'
import { chainErrors, policyErrors, sessionErrors } from './session-errors'
import { termsErrors } from './terms-errors'
import { browserErrors, walletErrors } from './wallet-errors'

const rows = {
  ...requestErrors,
  ...loginErrors,
  ...walletErrors,
  ...browserErrors,
  ...grantErrors,
  ...termsErrors,
  ...sessionErrors,
  ...policyErrors,
  ...chainErrors,
  ...intentErrors,
}

/** Every reason Playkey can give for not doing something. Closed: the keys of the tables above. */
export type ErrorCode = keyof typeof rows

/** `code` → how it is answered, logged and explained. The one place where an error is rendered. */
export const errorTable: Record<ErrorCode, ErrorRow> = rows

import { type ErrorRow, remedies, row } from './error-row'

/** Errors of a session as a whole. */
export const sessionErrors = {
  session_unknown: row(
    404,
    -32021,
    'There is no such session.',
    'Start a session.',
    'debug',
    4100,
  ),
  session_not_active: row(
    400,
    -32021,
    'The session is not active.',
    remedies.renew,
    'debug',
    4100,
  ),
  session_not_started: row(
    400,
    -32021,
    'The session has not started yet.',
    'Wait until it starts.',
    'debug',
    4100,
  ),
  session_expired: row(
    400,
    -32021,
    'Your session has ended.',
    remedies.renew,
    'debug',
    4100,
  ),
  session_revoked: row(
    400,
    -32021,
    'This session was ended.',
    remedies.renew,
    'debug',
    4100,
  ),
  session_revoking: row(
    400,
    -32021,
    'This session is being ended.',
    'Wait a moment, then start a new session.',
    'debug',
    4100,
  ),
} satisfies Record<string, ErrorRow>

/** Errors of a policy. */
export const policyErrors = {
  policy_unknown: row(
    404,
    -32022,
    'The game has no such policy.',
    'Reload the game.',
  ),
  policy_paused: row(
    400,
    -32022,
    'The studio has paused this game.',
    'Wait until the studio opens it again; your session is kept.',
  ),
  policy_already_published: row(
    409,
    -32022,
    'This policy is already published.',
    'Change something before you publish again.',
  ),
  policy_publishing: row(
    409,
    -32022,
    'This policy is still being published.',
    'Wait a few seconds.',
  ),
  policy_blocked: row(
    400,
    -32022,
    'This policy is not safe to publish.',
    'Correct the actions that are marked.',
  ),
  too_many_revokers: row(
    400,
    -32022,
    'A policy names too many revokers.',
    'Name fewer.',
  ),
} satisfies Record<string, ErrorRow>

/** Errors of carrying intents to the chain. */
export const chainErrors = {
  malformed_bundle: row(
    500,
    -32603,
    'The relay built an unreadable bundle.',
    remedies.report,
    'error',
  ),
  insufficient_gas: row(
    500,
    -32603,
    'The relay sent too little gas.',
    'Nothing is lost. It is sent again.',
    'error',
  ),
  reentrancy: row(
    400,
    -32023,
    'The game called back into the session manager.',
    'Tell the studio.',
    'warn',
  ),
  not_authorised_on_chain: row(
    403,
    -32001,
    'This key may not do that.',
    'Use the account that owns it.',
    'info',
  ),
} satisfies Record<string, ErrorRow>

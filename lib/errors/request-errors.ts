import { type ErrorRow, remedies, row } from './error-row'

/** Errors of requests as such. */
export const requestErrors = {
  parse_error: row(
    400,
    -32700,
    'The request is not valid JSON.',
    remedies.fixField,
  ),
  invalid_request: row(
    400,
    -32600,
    'The request is not a valid JSON-RPC call.',
    remedies.fixField,
  ),
  method_not_found: row(
    404,
    -32601,
    'There is no method with this name.',
    'See wallet_getCapabilities for what is supported.',
  ),
  invalid_params: row(
    400,
    -32602,
    'A value in the request is not valid.',
    remedies.fixField,
    'debug',
    -32602,
  ),
  payload_too_large: row(
    413,
    -32600,
    'The request is too large.',
    'Send fewer or smaller items.',
  ),
  rate_limited: row(
    429,
    -32005,
    'That was too fast.',
    'Wait a moment, then go on.',
  ),
  bad_origin: row(
    403,
    -32001,
    'The request came from another site.',
    'Open Playkey directly and try again.',
    'warn',
  ),
  not_found: row(404, -32001, 'There is nothing here.', 'Check the address.'),
  conflict: row(
    409,
    -32009,
    'Someone else changed this in the meantime.',
    'Reload to see the change, then make yours again.',
  ),
  temporarily_unavailable: row(
    503,
    -32010,
    'Playkey cannot answer right now.',
    'Nothing is lost. Wait a few seconds and try again.',
    'error',
  ),
  internal: row(
    500,
    -32603,
    'Something went wrong here.',
    remedies.report,
    'error',
  ),
} satisfies Record<string, ErrorRow>

/** Errors of logging in. */
export const loginErrors = {
  not_logged_in: row(
    401,
    -32001,
    'You are not logged in.',
    'Log in and try again.',
    'debug',
    4100,
  ),
  login_message_invalid: row(
    401,
    -32001,
    'The login message is not the one we asked to be signed.',
    remedies.reload,
    'info',
  ),
  login_nonce_invalid: row(
    401,
    -32001,
    'This login was already used or is too old.',
    'Log in again.',
    'info',
  ),
  login_expired: row(401, -32001, 'This login has expired.', 'Log in again.'),
  login_signature_invalid: row(
    401,
    -32001,
    'The signature does not belong to this wallet.',
    'Choose the right account in your wallet and log in again.',
    'info',
  ),
} satisfies Record<string, ErrorRow>

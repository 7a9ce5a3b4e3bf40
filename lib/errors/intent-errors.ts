import { type ErrorRow, remedies, row } from './error-row'

/** Errors of one intent. */
export const intentErrors = {
  invalid_signature: row(
    400,
    -32023,
    'The signature does not match.',
    remedies.reload,
    'info',
  ),
  sequence_used: row(
    409,
    -32023,
    'Another move was already made in this place.',
    'Make the move again.',
  ),
  sequence_ahead: row(
    409,
    -32023,
    'An earlier move is still missing.',
    'Make the move again.',
  ),
  sequence_conflict: row(
    409,
    -32023,
    'Another move took this place.',
    'Make the move again.',
  ),
  intent_expired: row(
    400,
    -32023,
    'The move waited too long.',
    'Make the move again.',
  ),
  intent_expiry_too_far: row(
    400,
    -32023,
    'The move would stay valid for too long.',
    'Check the clock of this device.',
  ),
  intent_expiry_too_soon: row(
    400,
    -32023,
    'The move would expire before it lands.',
    'Check the clock of this device.',
  ),
  call_gas_too_high: row(
    400,
    -32023,
    'The move asks for too much gas.',
    remedies.askStudio,
    'info',
  ),
  call_gas_too_low: row(
    400,
    -32023,
    'The move asks for too little gas.',
    remedies.askStudio,
    'info',
  ),
  call_count: row(
    400,
    -32023,
    'A move needs 1 to 32 calls.',
    'Send fewer calls together.',
  ),
  call_not_permitted: row(
    400,
    -32023,
    'Your session does not allow this action.',
    'Start a new session that includes it.',
  ),
  value_not_allowed: row(
    400,
    -32023,
    'Your session may not spend money on this action.',
    remedies.renew,
  ),
  value_per_call_exceeded: row(
    400,
    -32023,
    'This costs more than one action may cost.',
    'Choose something cheaper.',
  ),
  value_limit_exceeded: row(
    400,
    -32023,
    'Your session has spent all it may spend.',
    remedies.renew,
  ),
  call_limit_exceeded: row(
    400,
    -32023,
    'You have used up this action for this session.',
    remedies.renew,
  ),
  would_revert: row(
    400,
    -32023,
    'The game does not allow this move.',
    'Try another move.',
  ),
  call_reverted: row(
    400,
    -32023,
    'The game refused this move.',
    'Try another move.',
  ),
  budget_exceeded: row(
    429,
    -32024,
    'The free moves of this game are used up for now.',
    'Try again later.',
    'info',
  ),
} satisfies Record<string, ErrorRow>

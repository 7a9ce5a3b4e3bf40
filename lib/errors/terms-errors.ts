import { type ErrorRow, remedies, row } from './error-row'

/** Errors of what a session may do, before anyone can sign it. */
export const termsErrors = {
  permission_count: row(
    400,
    -32020,
    'A session needs 1 to 8 permissions.',
    remedies.askStudio,
  ),
  duplicate_permission: row(
    400,
    -32020,
    'The same function is listed twice.',
    remedies.askStudio,
  ),
  invalid_permission: row(
    400,
    -32020,
    'A permission of the session is not valid.',
    remedies.askStudio,
    'info',
  ),
  invalid_period: row(
    400,
    -32020,
    'A limit per period does not fit its permission.',
    'Choose 60 seconds to 30 days, and no more per period than in all.',
    'info',
  ),
  invalid_rule: row(
    400,
    -32020,
    'A rule cannot be read, or could never hold.',
    'Write it like arg0 <= 3, with values that the argument can have.',
    'info',
  ),
  unsupported_rule: row(
    400,
    -32020,
    'A rule asks something of an argument that its type does not have.',
    'Choose another argument or another condition.',
    'info',
  ),
  too_many_rules: row(
    400,
    -32020,
    'A permission has more than 8 rules.',
    'Join rules, or leave some out.',
  ),
  unbounded_function: row(
    400,
    -32020,
    'No limit could bound what this function gives away.',
    'Leave the function out.',
    'info',
  ),
  spend_limit_missing: row(
    400,
    -32020,
    'A function that moves tokens has no spend limit for its token.',
    'Add a spend limit for the contract of the function.',
    'info',
  ),
  too_many_spend_limits: row(
    400,
    -32020,
    'A session has more than 4 spend limits.',
    'Leave some out.',
  ),
  invalid_spend_limit: row(
    400,
    -32020,
    'A spend limit is not valid.',
    'Check its token, amounts and period; name each token once.',
    'info',
  ),
  too_many_counters: row(
    400,
    -32020,
    'The permissions need more than 8 counters: 1 each, 3 with a period.',
    'Use fewer permissions or fewer periods.',
  ),
  too_many_meters: row(
    400,
    -32020,
    'Values, sums and spend limits need more than 8 meters together.',
    'Use fewer of them.',
  ),
  wider_than_policy: row(
    400,
    -32020,
    'The session asks for more than the game may ask for.',
    'Start the session from the game page.',
    'info',
  ),
} satisfies Record<string, ErrorRow>

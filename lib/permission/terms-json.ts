import { fromPermissionJson, toPermissionJson } from './permission-json'
import type { SpendLimit, SpendLimitJson, Terms, TermsJson } from './terms'

/** A spend limit as JSON carries it. */
export function toSpendLimitJson(limit: SpendLimit): SpendLimitJson {
  return {
    token: limit.token,
    maxAmount: limit.maxAmount.toString(),
    period: limit.period,
    maxAmountPerPeriod: limit.maxAmountPerPeriod.toString(),
  }
}

/** A spend limit from checked JSON (see `spendLimitJsonSchema`). @throws SyntaxError when an amount is not a number. */
export function fromSpendLimitJson(json: SpendLimitJson): SpendLimit {
  return {
    token: json.token,
    maxAmount: BigInt(json.maxAmount),
    period: json.period,
    maxAmountPerPeriod: BigInt(json.maxAmountPerPeriod),
  }
}

/** Terms as JSON carries them. */
export function toTermsJson(terms: Terms): TermsJson {
  return {
    permissions: terms.permissions.map(toPermissionJson),
    spendLimits: terms.spendLimits.map(toSpendLimitJson),
  }
}

/** Terms from checked JSON (see `termsJsonSchema`). @throws SyntaxError when a number is none. */
export function fromTermsJson(json: TermsJson): Terms {
  return {
    permissions: json.permissions.map(fromPermissionJson),
    spendLimits: json.spendLimits.map(fromSpendLimitJson),
  }
}

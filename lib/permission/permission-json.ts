import type { Permission, PermissionJson } from './permission'

/** A permission as JSON carries it. */
export function toPermissionJson(permission: Permission): PermissionJson {
  return {
    to: permission.to,
    signature: permission.signature,
    maxCalls: permission.maxCalls,
    maxValuePerCall: permission.maxValuePerCall.toString(),
    maxValue: permission.maxValue.toString(),
    period: permission.period,
    maxCallsPerPeriod: permission.maxCallsPerPeriod,
    maxValuePerPeriod: permission.maxValuePerPeriod.toString(),
    rules: [...permission.rules],
  }
}

/** A permission from checked JSON (see `permissionJsonSchema`). @throws SyntaxError when wei is not a number. */
export function fromPermissionJson(json: PermissionJson): Permission {
  return {
    to: json.to,
    signature: json.signature,
    maxCalls: json.maxCalls,
    maxValuePerCall: BigInt(json.maxValuePerCall),
    maxValue: BigInt(json.maxValue),
    period: json.period,
    maxCallsPerPeriod: json.maxCallsPerPeriod,
    maxValuePerPeriod: BigInt(json.maxValuePerPeriod),
    rules: [...json.rules],
  }
}

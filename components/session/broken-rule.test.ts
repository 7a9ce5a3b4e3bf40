import { expect, test } from 'vitest'
import { makePermission } from '@/lib/permission/permission'
import { toPermissionJson } from '@/lib/permission/permission-json'
import type { SessionView } from '@/lib/session/session-view'
import { brokenRuleOf } from './broken-rule'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const rules = ['arg0 != 9', 'arg0 <= 3']
const session = {
  permissions: [
    {
      name: 'Move',
      permission: toPermissionJson(
        makePermission({ to, signature: 'move(uint8)', maxCalls: 5, rules }),
      ),
    },
  ],
} as unknown as SessionView
const refusal = {
  code: 'argument_not_allowed',
  ...{ message: '', remedy: '' },
  details: { index: 0, rule: 1 },
} as const

test('behavior: names the rule that was signed', () => {
  expect(brokenRuleOf(refusal, session)).toBe(
    'You allowed Move only if arg0 is at most 3.',
  )
})

test.each([
  ['another refusal', { ...refusal, code: 'call_limit_exceeded' as const }],
  ['a rule that is not there', { ...refusal, details: { index: 0, rule: 2 } }],
  ['a refusal without details', { ...refusal, details: {} }],
])('param: nothing for %s', (_, other) => {
  expect(brokenRuleOf(other, session)).toBeNull()
  expect(brokenRuleOf(refusal, null)).toBeNull()
})

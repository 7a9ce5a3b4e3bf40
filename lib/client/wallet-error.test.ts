import { UserRejectedRequestError } from 'viem'
import { expect, test } from 'vitest'
import { PlaykeyError } from '@/lib/errors/base-error'
import { toWalletError } from './wallet-error'

test.each([
  [new UserRejectedRequestError(new Error('no')), 'user_rejected'],
  [{ code: 4001, message: 'no' }, 'user_rejected'],
  [new Error('outer', { cause: { code: 4100 } }), 'unauthorised'],
  [
    Object.assign(new Error(), { name: 'ConnectorChainMismatchError' }),
    'unsupported_chain',
  ],
  [new Error('anything'), 'unsupported_method'],
  ['text', 'unsupported_method'],
  [new PlaykeyError('conflict'), 'conflict'],
])('error: %s is %s', (error, code) => {
  expect(toWalletError(error).code).toBe(code)
})

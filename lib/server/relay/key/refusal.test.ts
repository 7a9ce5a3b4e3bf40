import { expect, test } from 'vitest'
import { classifyRefusal } from './refusal'

// As geth, reth, erigon, Nethermind, Besu and Anvil say it.
test.each([
  ['known', 'already known'],
  ['known', 'transaction already imported'],
  ['known', 'ALREADY_EXISTS: already known'],
  ['known', 'Known transaction'],
  ['nonce', 'nonce too low: next nonce 12, tx nonce 11'],
  ['nonce', 'OldNonce'],
  ['nonce', 'Nonce too low'],
  ['funds', 'insufficient funds for gas * price + value: balance 0, tx cost 1'],
  ['funds', 'Insufficient funds for gas * price + value'],
  [
    'funds',
    'InsufficientFunds, Account balance: 0, cumulative cost: 21000 insufficient funds',
  ],
  ['fee', 'replacement transaction underpriced'],
  [
    'fee',
    'max fee per gas less than block base fee: maxFeePerGas: 1, baseFee: 7',
  ],
  ['fee', 'transaction underpriced: gas tip cap 0, minimum needed 1'],
  ['fee', 'FeeTooLow, EffectivePriorityFeePerGas too low, fee too low'],
  ['never', 'intrinsic gas too low: gas 1, minimum needed 21000'],
  ['never', 'exceeds block gas limit'],
  ['never', 'oversized data: transaction size 200000, limit 131072'],
  ['never', 'transaction gas limit too high (cap: 16777216, tx: 20000000)'],
  ['other', 'missing response'],
  ['other', 'HTTP request failed.'],
  ['other', 'header not found'],
])('behavior: %s is what a node means by "%s"', (kind, text) => {
  expect(classifyRefusal(text)).toBe(kind)
})

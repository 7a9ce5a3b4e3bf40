import { encodeErrorResult } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  codeOfContractError,
  contractErrorCodes,
  contractErrors,
  decodeContractError,
} from './contract-error'

describe('contract errors', () => {
  test('behavior: every Solidity error has an entry, and no other', () => {
    const names = new Set(contractErrors.map((item) => item.name))
    expect(Object.keys(contractErrorCodes).sort()).toEqual([...names].sort())
  })

  test('behavior: decodes selector and arguments', () => {
    const data = encodeErrorResult({
      abi: contractErrors,
      errorName: 'SequenceAhead',
      args: [3n, 5n],
    })
    expect(codeOfContractError(data.slice(0, 10) as `0x${string}`)).toBe(
      'sequence_ahead',
    )
    expect(decodeContractError(data)).toMatchObject({
      code: 'sequence_ahead',
      details: { next: '3', given: '5', error: 'SequenceAhead' },
    })
  })

  test('error: what is not ours', () => {
    expect(codeOfContractError('0xdeadbeef')).toBeNull()
    expect(decodeContractError('0xdeadbeef')).toBeNull()
    expect(decodeContractError('0x')).toBeNull()
  })
})

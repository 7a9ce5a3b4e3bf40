import { describe, expect, test } from 'vitest'
import { explainRule, listArguments } from './explain-rule'

const signature = 'pay(address,uint8,bool,string)'

describe('explainRule', () => {
  test.each([
    'arg1 <= 3',
    'arg1 in {1, 2}',
    'arg2 == true',
    'sum(arg1) <= 100 and <= 10 per period',
  ])('param: nothing is wrong with %s', (text) => {
    expect(explainRule(text, signature, true)).toBeNull()
  })

  test.each([
    ['', 'Write it like'],
    ['arg1<=3', 'Write it like'],
    ['arg1 <= 256', 'arg1 is of type uint8: this value does not fit'],
    ['arg1 < 0', 'could never hold'],
    ['arg4 == 1', 'The function has no arg4.'],
    ['arg3 == 1', 'No rule can look into arg3.'],
    ['arg2 <= 1', 'arg2 is of type bool, which does not have'],
    ['sum(arg0) <= 5', 'arg0 is of type address, which does not have'],
    ['sum(arg1) <= 0', 'A sum must be at least 1'],
    ['sum(arg1) <= 9 and <= 5 per period', 'Choose a period'],
  ])('error: %s: %s', (text, expected) => {
    expect(explainRule(text, signature, false)).toContain(expected)
  })

  test('behavior: waits for a function that can be read', () => {
    expect(explainRule('arg0 <= 3', 'move(uint', false)).toBeNull()
  })
})

test('behavior: lists the arguments that rules can name', () => {
  expect(listArguments(signature)).toEqual([
    ...['arg0 address', 'arg1 uint8', 'arg2 bool'],
  ])
  expect(listArguments('broken(')).toEqual([])
})

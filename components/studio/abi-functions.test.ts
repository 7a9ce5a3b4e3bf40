import { describe, expect, test } from 'vitest'
import { readAbi } from './abi-functions'

const abi = [
  {
    type: 'function',
    name: 'move',
    stateMutability: 'nonpayable',
    inputs: [{ name: 'direction', type: 'uint8' }],
    outputs: [],
  },
  {
    type: 'function',
    name: 'buy',
    stateMutability: 'payable',
    inputs: [
      {
        name: 'order',
        type: 'tuple',
        components: [
          { name: 'id', type: 'uint256' },
          { name: 'to', type: 'address' },
        ],
      },
    ],
    outputs: [],
  },
  {
    type: 'function',
    name: 'board',
    stateMutability: 'view',
    inputs: [],
    outputs: [{ type: 'uint256' }],
  },
  { type: 'event', name: 'Moved', inputs: [] },
]

const choices = [
  { signature: 'move(uint8)', payable: false },
  { signature: 'buy((uint256,address))', payable: true },
]

describe('readAbi', () => {
  test('behavior: offers the state-changing functions of an ABI or a build artefact', () => {
    expect(readAbi(JSON.stringify(abi))).toEqual(choices)
    expect(readAbi(JSON.stringify({ abi, bytecode: '0x' }))).toEqual(choices)
  })

  test('behavior: reads Solidity declarations, one a line', () => {
    expect(
      readAbi(
        'function move(uint8 direction) external;\n' +
          'function buy(uint256 id) payable\n' +
          'function board() view returns (uint256)',
      ),
    ).toEqual([
      { signature: 'move(uint8)', payable: false },
      { signature: 'buy(uint256)', payable: true },
    ])
  })

  test('error: text that is no ABI offers nothing', () => {
    expect(readAbi('hello')).toEqual([])
    expect(readAbi('{"abi": 3}')).toEqual([])
    expect(readAbi('[not json')).toEqual([])
  })
})

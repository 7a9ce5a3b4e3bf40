import {
  type AbiFunction,
  concatHex,
  encodeAbiParameters,
  type Hex,
  maxUint256,
  parseAbiItem,
} from 'viem'
import { MAX_RULE_WORD } from './limits'
import { selectorOf } from './selector'
import { findWordType } from './word-type'

/** Longest signature the contract accepts, in characters, inclusive. */
export const MAX_SIGNATURE_LENGTH = 128

const namePattern = /^[A-Za-z_$][A-Za-z0-9_$]*$/

/** A canonical function signature, taken apart. */
export type FunctionSignature = {
  name: string
  /** Types of the parameters, as written. */
  types: string[]
  /** Type of each 32-byte word of the head, at most the 32 that a rule can name; null where the word is an offset. */
  words: (string | null)[]
}

/** Top-level members of `(a,b,(c,d))`, or null when the brackets do not match. */
function splitTuple(text: string): string[] | null {
  if (!text.startsWith('(') || !text.endsWith(')')) return null
  const body = text.slice(1, -1)
  if (body === '') return []
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let index = 0; index < body.length; index += 1) {
    const character = body[index]
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth < 0) return null
    if (character === ',' && depth === 0) {
      parts.push(body.slice(start, index))
      start = index + 1
    }
  }
  return depth === 0 ? [...parts, body.slice(start)] : null
}

const dynamicHead = 'dynamic'
type Head = string[] | typeof dynamicHead

/** Words of several members one after the other; `dynamic` when one of them is. */
function headOfMembers(members: readonly string[]): Head | null {
  const words: string[] = []
  let isDynamic = false
  for (const member of members) {
    const head = headOf(member)
    if (head === null) return null
    if (head === dynamicHead) isDynamic = true
    else words.push(...head)
  }
  return isDynamic ? dynamicHead : words.slice(0, MAX_RULE_WORD + 1)
}

function headOfArray(element: string, length: string): Head | null {
  const head = headOf(element)
  if (length !== '' && BigInt(length) > maxUint256) return null
  if (head === null || length === '' || head === dynamicHead) {
    return head && dynamicHead
  }
  const times = Math.min(Number(length), MAX_RULE_WORD + 1)
  return Array.from({ length: times }, () => head)
    .flat()
    .slice(0, MAX_RULE_WORD + 1)
}

/** Head words of one canonical type, `dynamic` when its head is an offset, or null when the type is not written as Solidity hashes it: `uint256` not `uint`, no names, no spaces. */
function headOf(type: string): Head | null {
  const array = /^(.*)\[([1-9][0-9]*)?\]$/.exec(type)
  if (array) return headOfArray(array[1] ?? '', array[2] ?? '')
  if (type.startsWith('(')) {
    const members = splitTuple(type)
    return members && members.length > 0 ? headOfMembers(members) : null
  }
  if (type === 'string' || type === 'bytes') return dynamicHead
  return type === 'function' || findWordType(type) ? [type] : null
}

/** Parts of `signature`, or null when it is not canonical or too long. */
export function parseFunctionSignature(
  signature: string,
): FunctionSignature | null {
  if (signature.length > MAX_SIGNATURE_LENGTH) return null
  const open = signature.indexOf('(')
  const name = signature.slice(0, Math.max(open, 0))
  const types = namePattern.test(name)
    ? splitTuple(signature.slice(open))
    : null
  if (types === null) return null
  const words: (string | null)[] = []
  for (const type of types) {
    const head = headOf(type)
    if (head === null) return null
    words.push(...(head === dynamicHead ? [null] : head))
  }
  return { name, types, words: words.slice(0, MAX_RULE_WORD + 1) }
}

/** Whether `signature` is a canonical function signature such as `move(uint8)`. */
export function isFunctionSignature(signature: string): boolean {
  return parseFunctionSignature(signature) !== null
}

/** Name of a function signature: `move` of `move(uint8)`. */
export function functionName(signature: string): string {
  return signature.slice(0, signature.indexOf('('))
}

/**
 * Call data of `signature` with `args`.
 * @throws viem's encoding errors when `args` do not fit the types.
 */
export function encodeCall(signature: string, args: readonly unknown[]): Hex {
  const item = parseAbiItem(`function ${signature}`) as AbiFunction
  return concatHex([
    selectorOf(signature),
    encodeAbiParameters(item.inputs, args),
  ])
}

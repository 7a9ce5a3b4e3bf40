import {
  type AbiFunction,
  concatHex,
  encodeAbiParameters,
  type Hex,
  parseAbiItem,
} from 'viem'
import { selectorOf } from './selector'

/** Longest signature the contract accepts, in characters, inclusive. */
export const MAX_SIGNATURE_LENGTH = 128

const namePattern = /^[A-Za-z_$][A-Za-z0-9_$]*$/
const elementaryPattern =
  /^(?:address|bool|string|bytes|bytes([1-9]|[12][0-9]|3[0-2])|u?int([0-9]+))$/

/** Whether `type` is written as Solidity hashes it: `uint256` not `uint`, no names, no spaces. */
function isCanonicalType(type: string): boolean {
  const base = type.replace(/(?:\[(?:[1-9][0-9]*)?\])+$/, '')
  if (base.startsWith('(')) {
    const inner = splitTuple(base)
    return inner !== null && inner.length > 0 && inner.every(isCanonicalType)
  }
  const match = elementaryPattern.exec(base)
  if (!match) return false
  const bits = match[2]
  if (bits === undefined) return true
  const size = Number(bits)
  return String(size) === bits && size % 8 === 0 && size >= 8 && size <= 256
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

/** Whether `signature` is a canonical function signature such as `move(uint8)`. */
export function isFunctionSignature(signature: string): boolean {
  if (signature.length > MAX_SIGNATURE_LENGTH) return false
  const open = signature.indexOf('(')
  if (open < 1 || !namePattern.test(signature.slice(0, open))) return false
  const inputs = splitTuple(signature.slice(open))
  return inputs?.every(isCanonicalType) ?? false
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

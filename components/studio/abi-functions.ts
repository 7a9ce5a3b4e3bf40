import { type AbiFunction, parseAbiItem, toFunctionSignature } from 'viem'

/** A function of a pasted ABI that a session could be allowed to call. */
export type AbiChoice = { signature: string; payable: boolean }

const toChoice = (item: AbiFunction): AbiChoice => ({
  signature: toFunctionSignature(item),
  payable: item.stateMutability === 'payable',
})

const isWriting = (item: { type?: string }): item is AbiFunction =>
  item.type === 'function' &&
  ['payable', 'nonpayable'].includes(
    (item as Partial<AbiFunction>).stateMutability ?? '',
  )

/** Items of an ABI in JSON: the array itself, or a build artefact that holds one. */
function itemsOfJson(text: string): { type?: string }[] {
  const json: unknown = JSON.parse(text)
  const abi =
    json && typeof json === 'object' && 'abi' in json ? json.abi : json
  return Array.isArray(abi) ? abi : []
}

/** Items of a list of Solidity declarations, one per line. */
const itemsOfLines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/;$/, ''))
    .filter((line) => line.startsWith('function '))
    .map((line) => parseAbiItem(line as 'function f()') as AbiFunction)

/** State-changing functions of an ABI pasted as JSON, as a build artefact, or as Solidity lines. Empty when none is found. */
export function readAbi(text: string): AbiChoice[] {
  try {
    const items = /^\s*[[{]/.test(text) ? itemsOfJson(text) : itemsOfLines(text)
    return items.filter(isWriting).map(toChoice)
  } catch {
    return []
  }
}

import { formatEther } from 'viem'
import { functionName } from './function-signature'
import type { Permission } from './permission'

/** `0x1234…abcd`. */
export function shortAddress(address: string): string {
  return `${address.slice(0, 6)}…${address.slice(-4)}`
}

/** Whole number with thousands separators, the same everywhere. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

function times(count: number): string {
  return count === 1 ? 'once' : `${formatCount(count)} times`
}

/** What the contract enforces for one permission, as a sentence. Generated from the signed fields only. */
export function describePermission(permission: Permission): string {
  const call = `Calls ${permission.signature} on ${shortAddress(permission.to)}, at most ${times(permission.maxCalls)}`
  if (permission.maxValue === 0n) return `${call}, without spending any ETH.`
  return `${call}, paying at most ${formatEther(permission.maxValuePerCall)} ETH each time and ${formatEther(permission.maxValue)} ETH in all.`
}

/** Noun for calls of a function, from its onchain name: `moves`, `mint`, `buyRelic calls`. */
export function describeCalls(signature: string, count: number): string {
  const name = functionName(signature)
  const isPlainWord = /^[a-z]{2,12}$/.test(name)
  if (!isPlainWord) {
    return `${formatCount(count)} ${name} ${count === 1 ? 'call' : 'calls'}`
  }
  return `${formatCount(count)} ${count === 1 ? name : pluralOf(name)}`
}

function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}

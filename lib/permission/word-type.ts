import { getAddress, numberToHex, pad } from 'viem'

/** What a 32-byte argument word can hold, if a rule may speak about it. */
export type WordType = {
  /** Canonical name, for example `uint8`. */
  name: string
  kind: 'uint' | 'int' | 'address' | 'bool' | 'bytes'
  /** Bits of a number, bytes of anything else. */
  size: number
}

const pattern = /^(?:(u?int)([1-9][0-9]*)|bytes([1-9][0-9]?)|address|bool)$/

/** Type of a static word by its name; null for every other type. */
export function findWordType(name: string): WordType | null {
  const match = pattern.exec(name)
  if (!match) return null
  if (name === 'address') return { name, kind: 'address', size: 20 }
  if (name === 'bool') return { name, kind: 'bool', size: 1 }
  const [, kind, bits, bytes] = match
  if (bytes !== undefined) {
    const size = Number(bytes)
    return size <= 32 ? { name, kind: 'bytes', size } : null
  }
  const size = Number(bits)
  if (size % 8 !== 0 || size > 256) return null
  return { name, kind: kind === 'int' ? 'int' : 'uint', size }
}

/** What is added to a signed word so that unsigned comparison orders it: 2^255, which flips the sign bit. */
export const SIGN_BIAS = 2n ** 255n

const WORD_LIMIT = 2n ** 256n

/** Lowest word of `type`, as rules compare it: signed types are biased. */
export function minWord(type: WordType): bigint {
  return type.kind === 'int' ? SIGN_BIAS - 2n ** BigInt(type.size - 1) : 0n
}

/** Highest word of `type`, as rules compare it, inclusive. */
export function maxWord(type: WordType): bigint {
  switch (type.kind) {
    case 'int':
      return SIGN_BIAS + 2n ** BigInt(type.size - 1) - 1n
    case 'uint':
      return 2n ** BigInt(type.size) - 1n
    case 'address':
      return 2n ** 160n - 1n
    case 'bool':
      return 1n
    case 'bytes':
      return WORD_LIMIT - 2n ** BigInt(256 - 8 * type.size)
  }
}

const decimal = /^(?:0|-?[1-9][0-9]{0,77})$/

/** Word of a value as a rule writes it, biased for signed types; null when it is not a value of `type`. */
export function parseWord(text: string, type: WordType): bigint | null {
  switch (type.kind) {
    case 'bool':
      return text === 'true' ? 1n : text === 'false' ? 0n : null
    case 'address':
      return /^0x[0-9a-fA-F]{40}$/.test(text) ? BigInt(text) : null
    case 'bytes': {
      if (text.length !== 2 + 2 * type.size) return null
      if (!/^0x[0-9a-fA-F]+$/.test(text)) return null
      return BigInt(text) << BigInt(256 - 8 * type.size)
    }
    default: {
      if (!decimal.test(text)) return null
      if (type.kind === 'uint' && text.startsWith('-')) return null
      const word = BigInt(text) + (type.kind === 'int' ? SIGN_BIAS : 0n)
      return word < minWord(type) || word > maxWord(type) ? null : word
    }
  }
}

/** A word as a rule writes it; the other direction of `parseWord`. Addresses come out checksummed. */
export function formatWord(word: bigint, type: WordType): string {
  switch (type.kind) {
    case 'bool':
      return word === 1n ? 'true' : 'false'
    case 'address':
      return getAddress(pad(numberToHex(word), { size: 20 }))
    case 'bytes':
      return numberToHex(word >> BigInt(256 - 8 * type.size), {
        size: type.size,
      })
    case 'int':
      return (word - SIGN_BIAS).toString()
    case 'uint':
      return word.toString()
  }
}

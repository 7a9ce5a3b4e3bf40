import { MAX_CELLS } from '../permission/limits'
import type { Meter } from './session-usage'

/** The one storage word of a session, unpacked. */
export type SessionWord = {
  /** `none`: never granted. */
  status: 'none' | 'active' | 'revoked'
  /** The account is a PlayerAccount. */
  isFast: boolean
  /** Granted before its window began. */
  isEarly: boolean
  /** Unix seconds, inclusive. */
  validAfter: number
  /** Unix seconds, exclusive. */
  validUntil: number
  /** Next unused sequence of lane 0. */
  nextSequence: number
  /** Eight counter cells. */
  cells: number[]
}

const CELL_BITS = 19n
const CELL_MASK = (1n << CELL_BITS) - 1n
const METER_MASK = (1n << 112n) - 1n

function field(word: bigint, shift: bigint, bits: bigint): number {
  return Number((word >> shift) & ((1n << bits) - 1n))
}

/** Eight cells of 19 bits, the first lowest. */
export function decodeCells(packed: bigint): number[] {
  return Array.from({ length: MAX_CELLS }, (_, index) =>
    Number((packed >> (CELL_BITS * BigInt(index))) & CELL_MASK),
  )
}

/** Unpacks a session: status 2 | fast 1 | early 1 | reserved 4 | validAfter 40 | duration 24 | sequence 32 | 8 cells of 19 bits. */
export function decodeSessionWord(word: bigint): SessionWord {
  const validAfter = field(word, 8n, 40n)
  const status = (['none', 'active', 'revoked'] as const)[field(word, 0n, 2n)]
  return {
    status: status ?? 'none',
    isFast: field(word, 2n, 1n) === 1,
    isEarly: field(word, 3n, 1n) === 1,
    validAfter,
    validUntil: validAfter + field(word, 48n, 24n),
    nextSequence: field(word, 72n, 32n),
    cells: decodeCells(word >> 104n),
  }
}

/** Unpacks a meter: total 112 | window 32 | inWindow 112. */
export function decodeMeter(word: bigint): Meter {
  return {
    total: word & METER_MASK,
    window: field(word, 112n, 32n),
    inWindow: word >> 144n,
  }
}

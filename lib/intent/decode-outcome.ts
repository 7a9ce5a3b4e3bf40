import { type Hex, numberToHex } from 'viem'
import { decodeCells } from '../session/session-word'

/** What `IntentExecuted` says. */
export type IntentOutcome = {
  lane: number
  sequence: number
  isSuccess: boolean
  /** Selector of the error that the failed call reverted with; null on success or when it gave none. */
  revertSelector: Hex | null
  /** The session's eight counter cells after this intent; see `SessionUsage`. */
  counters: number[]
}

/** What `IntentRejected` says. */
export type IntentRejection = {
  lane: number
  sequence: number
  /** Selector of the contract's custom error. */
  reasonSelector: Hex
}

function field(word: bigint, shift: bigint, bits: bigint): bigint {
  return (word >> shift) & ((1n << bits) - 1n)
}

function selectorAt(word: bigint, shift: bigint): Hex {
  return numberToHex(field(word, shift, 32n), { size: 4 })
}

/** Unpacks the `outcome` of `IntentExecuted`: lane 32 | sequence 32 | success 8 | revertSelector 32 | 8 counters of 19 bits, the first lowest. */
export function decodeOutcome(outcome: bigint): IntentOutcome {
  const revertSelector = selectorAt(outcome, 152n)
  return {
    lane: Number(field(outcome, 224n, 32n)),
    sequence: Number(field(outcome, 192n, 32n)),
    isSuccess: field(outcome, 184n, 8n) === 1n,
    revertSelector: revertSelector === '0x00000000' ? null : revertSelector,
    counters: decodeCells(outcome),
  }
}

/** Unpacks the `detail` of `IntentRejected`: lane 32 | sequence 32 | reason 32 | zeros. */
export function decodeRejection(detail: bigint): IntentRejection {
  return {
    lane: Number(field(detail, 224n, 32n)),
    sequence: Number(field(detail, 192n, 32n)),
    reasonSelector: selectorAt(detail, 160n),
  }
}

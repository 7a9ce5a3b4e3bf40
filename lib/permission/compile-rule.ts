import { MAX_AMOUNT, MAX_RULE_WORD } from './limits'
import { type Comparison, type Rule, readRule } from './rule-text'
import {
  findWordType,
  maxWord,
  minWord,
  parseWord,
  type WordType,
} from './word-type'

/** Words from `low` to `high`, both inclusive, biased by 2^255 for signed types. */
export type WordRange = { low: bigint; high: bigint }

/** What the contract checks of one argument word. */
export type CompiledRule =
  | {
      kind: 'ranges'
      /** Index of the 32-byte word in the arguments. */
      word: number
      /** Whether the word's sign bit is flipped before comparing. */
      isSigned: boolean
      /** 1 to 16; the word must lie in any of them. */
      ranges: WordRange[]
    }
  | {
      kind: 'sum'
      word: number
      /** Highest sum over the session, 1 to 2^112-1. */
      max: bigint
      /** Highest sum in one period; `max` when the rule names none. */
      maxPerPeriod: bigint
    }

/** Why the contract refuses a rule: the name of its error. */
export type RuleRefusal = 'InvalidRule' | 'UnsupportedRule'

/** What surrounds a rule. */
export type RuleContext = {
  /** Types of the head words; null where a word is an offset. See `parseFunctionSignature`. */
  words: readonly (string | null)[]
  /** Whether the permission has a period. */
  hasPeriod: boolean
}

const argumentPattern = /^(sum\()?arg(0|[1-9][0-9]*)/

/** Whether a type has the condition that starts with `rest`, all that comes behind the argument. Decided by how it starts, before the values are read, as the contract does. */
function supports(type: WordType | null, rest: string): boolean {
  if (type === null) return false
  if (type.kind === 'uint' || type.kind === 'int') return true
  if (rest.startsWith(' in {')) return type.kind !== 'bool'
  if (rest.startsWith(' == ')) return true
  return rest.startsWith(' != ') && type.kind !== 'bytes'
}

function compareRanges(
  comparison: Comparison,
  value: bigint,
  type: WordType,
): WordRange[] {
  const min = minWord(type)
  const max = maxWord(type)
  const candidates: Record<Comparison, WordRange[]> = {
    '==': [{ low: value, high: value }],
    '!=': [
      { low: min, high: value - 1n },
      { low: value + 1n, high: max },
    ],
    '<': [{ low: min, high: value - 1n }],
    '<=': [{ low: min, high: value }],
    '>': [{ low: value + 1n, high: max }],
    '>=': [{ low: value, high: max }],
  }
  return candidates[comparison].filter(({ low, high }) => low <= high)
}

/** Ranges of a rule that is not a sum; empty when it could never hold. */
function rangesOf(rule: Rule, type: WordType): WordRange[] {
  if (rule.kind === 'compare') {
    const value = parseWord(rule.value, type)
    return value === null ? [] : compareRanges(rule.comparison, value, type)
  }
  if (rule.kind === 'between') {
    const low = parseWord(rule.low, type)
    const high = parseWord(rule.high, type)
    return low === null || high === null || low > high ? [] : [{ low, high }]
  }
  if (rule.kind === 'sum') return []
  const values = rule.values.map((text) => parseWord(text, type))
  const ranges = values.flatMap((value) =>
    value === null ? [] : [{ low: value, high: value }],
  )
  return ranges.length === values.length ? ranges : []
}

/** An amount of 1 to 2^112-1 in its only spelling, or null. */
function parseAmount(text: string): bigint | null {
  if (!/^[1-9][0-9]{0,33}$/.test(text)) return null
  const amount = BigInt(text)
  return amount <= MAX_AMOUNT ? amount : null
}

function compileSum(
  rule: Extract<Rule, { kind: 'sum' }>,
  hasPeriod: boolean,
): CompiledRule | null {
  const max = parseAmount(rule.max)
  if (max === null) return null
  if (rule.maxPerPeriod === null) {
    return { kind: 'sum', word: rule.word, max, maxPerPeriod: max }
  }
  const maxPerPeriod = parseAmount(rule.maxPerPeriod)
  if (!hasPeriod || maxPerPeriod === null || maxPerPeriod > max) return null
  return { kind: 'sum', word: rule.word, max, maxPerPeriod }
}

/** What `text` comes to for a function whose head words are `context.words`; else the error that the contract refuses it with. */
export function parseRule(
  text: string,
  { words, hasPeriod }: RuleContext,
): CompiledRule | RuleRefusal {
  const start = argumentPattern.exec(text)
  if (start === null) return 'InvalidRule'
  const [whole, sum, digits] = start
  const word = Number(digits)
  if (word > MAX_RULE_WORD) return 'InvalidRule'
  const type = findWordType(words[word] ?? '')
  const isSupported = sum
    ? type?.kind === 'uint'
    : supports(type, text.slice(whole.length))
  if (type === null || !isSupported) return 'UnsupportedRule'
  const rule = readRule(text)
  if (rule === null) return 'InvalidRule'
  if (rule.kind === 'sum') return compileSum(rule, hasPeriod) ?? 'InvalidRule'
  const ranges = rangesOf(rule, type)
  if (ranges.length === 0) return 'InvalidRule'
  return { kind: 'ranges', word, isSigned: type.kind === 'int', ranges }
}

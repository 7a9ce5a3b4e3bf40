import { MAX_RULE_LENGTH, MAX_RULE_VALUES } from './limits'

/** How a rule compares its argument with one value. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='

/** A rule taken apart. Values stay as they are written, because their meaning depends on the argument's type. */
export type Rule =
  | { kind: 'compare'; word: number; comparison: Comparison; value: string }
  | { kind: 'between'; word: number; low: string; high: string }
  | { kind: 'oneOf'; word: number; values: string[] }
  | {
      kind: 'sum'
      word: number
      /** Decimal. */
      max: string
      /** Decimal; null when the sum has no limit per period. */
      maxPerPeriod: string | null
    }

const argument = 'arg(0|[1-9][0-9]*)'
const value = '(-?[0-9A-Za-z]+)'
const comparePattern = new RegExp(`^${argument} (==|!=|<=|>=|<|>) ${value}$`)
const betweenPattern = new RegExp(`^${argument} in ${value}\\.\\.${value}$`)
const oneOfPattern = new RegExp(
  `^${argument} in \\{(${value}(?:, ${value}){0,${MAX_RULE_VALUES - 1}})\\}$`,
)
const sumPattern = new RegExp(
  `^sum\\(${argument}\\) <= ([0-9]+)(?: and <= ([0-9]+) per period)?$`,
)

/** Parts of a rule, or null when the text is not exactly in the form of one: single spaces, no others. */
export function readRule(text: string): Rule | null {
  if (text.length > MAX_RULE_LENGTH) return null
  const compare = comparePattern.exec(text)
  if (compare) {
    return {
      kind: 'compare',
      word: Number(compare[1]),
      comparison: compare[2] as Comparison,
      value: compare[3] ?? '',
    }
  }
  const between = betweenPattern.exec(text)
  if (between) {
    const [, word, low = '', high = ''] = between
    return { kind: 'between', word: Number(word), low, high }
  }
  const oneOf = oneOfPattern.exec(text)
  if (oneOf) {
    const values = (oneOf[2] ?? '').split(', ')
    return { kind: 'oneOf', word: Number(oneOf[1]), values }
  }
  const sum = sumPattern.exec(text)
  if (!sum) return null
  const [, word, max = '', maxPerPeriod = null] = sum
  return { kind: 'sum', word: Number(word), max, maxPerPeriod }
}

/** Text of a rule, exactly as the contract reads it. */
export function formatRule(rule: Rule): string {
  const name = `arg${rule.word}`
  switch (rule.kind) {
    case 'compare':
      return `${name} ${rule.comparison} ${rule.value}`
    case 'between':
      return `${name} in ${rule.low}..${rule.high}`
    case 'oneOf':
      return `${name} in {${rule.values.join(', ')}}`
    case 'sum': {
      const period =
        rule.maxPerPeriod === null
          ? ''
          : ` and <= ${rule.maxPerPeriod} per period`
      return `sum(${name}) <= ${rule.max}${period}`
    }
  }
}

import { getAddress } from 'viem'
import { type Comparison, type Rule, readRule } from './rule-text'

const words: Record<Comparison, string> = {
  '==': 'is',
  '!=': 'is not',
  '<': 'is below',
  '<=': 'is at most',
  '>': 'is above',
  '>=': 'is at least',
}

/** A value as people read it: addresses with their checksum, long numbers with separators. */
function describeValue(value: string): string {
  if (/^0x[0-9a-fA-F]{40}$/.test(value)) return getAddress(value)
  if (!/^-?[0-9]+$/.test(value)) return value
  return BigInt(value).toLocaleString('en-US')
}

function listValues(values: readonly string[]): string {
  const texts = values.map(describeValue)
  const last = texts.at(-1) ?? ''
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} or ${last}`
}

function describeParsed(rule: Rule, name: string): string {
  switch (rule.kind) {
    case 'compare':
      return `${name} ${words[rule.comparison]} ${describeValue(rule.value)}`
    case 'between':
      return `${name} is from ${describeValue(rule.low)} to ${describeValue(rule.high)}`
    case 'oneOf':
      return `${name} is ${listValues(rule.values)}`
    case 'sum': {
      const period =
        rule.maxPerPeriod === null
          ? ''
          : `, and at most ${describeValue(rule.maxPerPeriod)} in each period`
      return `${name} adds up to at most ${describeValue(rule.max)}${period}`
    }
  }
}

/**
 * A rule as a sentence without its full stop: `direction is at most 3`. Text that is no rule comes back as it is.
 * @param wordNames Names of the head words, in order. A word without a name is called as the signed text calls it: `arg0`.
 */
export function describeRule(
  text: string,
  wordNames: readonly (string | undefined)[] = [],
): string {
  const rule = readRule(text)
  if (rule === null) return text
  return describeParsed(rule, wordNames[rule.word] || `arg${rule.word}`)
}

import { parseRule } from '@/lib/permission/compile-rule'
import { parseFunctionSignature } from '@/lib/permission/function-signature'
import { readRule } from '@/lib/permission/rule-text'

const examples = 'arg0 <= 3, arg0 in 1..5, arg0 in {1, 2} or sum(arg0) <= 100'

/** Argument that a text speaks of, even if the rest of it cannot be read. */
function wordOf(text: string): number | null {
  const digits = /^(?:sum\()?arg(0|[1-9][0-9]?)(?![0-9])/.exec(text)?.[1]
  return digits === undefined ? null : Number(digits)
}

function explainUnsupported(
  text: string,
  words: readonly (string | null)[],
): string {
  const word = wordOf(text) ?? 0
  const type = words[word]
  if (type === undefined) return `The function has no arg${word}.`
  if (type === null) return `No rule can look into arg${word}.`
  return `arg${word} is of type ${type}, which does not have this condition.`
}

function explainInvalid(
  text: string,
  words: readonly (string | null)[],
  hasPeriod: boolean,
): string {
  const rule = readRule(text)
  if (rule === null) return `Write it like ${examples}.`
  if (rule.kind === 'sum') {
    return rule.maxPerPeriod !== null && !hasPeriod
      ? 'Choose a period above, or leave “per period” out.'
      : 'A sum must be at least 1, and no more per period than in all.'
  }
  const type = words[rule.word] ?? 'its type'
  return `arg${rule.word} is of type ${type}: this value does not fit, or the rule could never hold.`
}

/** What is wrong with the text of a rule, for whoever writes it; null when the contract takes it, or when the function cannot be read yet. */
export function explainRule(
  text: string,
  signature: string,
  hasPeriod: boolean,
): string | null {
  const words = parseFunctionSignature(signature)?.words
  if (words === undefined) return null
  const refusal = parseRule(text, { words, hasPeriod })
  if (refusal === 'UnsupportedRule') return explainUnsupported(text, words)
  if (refusal === 'InvalidRule') return explainInvalid(text, words, hasPeriod)
  return null
}

/** Arguments that rules can name, as `arg0 uint8`. */
export function listArguments(signature: string): string[] {
  const words = parseFunctionSignature(signature)?.words ?? []
  return words.flatMap((type, word) =>
    type === null ? [] : [`arg${word} ${type}`],
  )
}

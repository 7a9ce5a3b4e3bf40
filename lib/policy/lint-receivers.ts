import { parseFunctionSignature } from '../permission/function-signature'
import type { Permission } from '../permission/permission'
import { readRule } from '../permission/rule-text'
import { selectorOf } from '../permission/selector'
import { handoverFunctions } from './dangerous-selectors'
import type { LintFinding } from './lint-finding'

const receiverBySelector = new Map(
  Object.entries(handoverFunctions).map(([signature, word]) => [
    selectorOf(signature),
    word,
  ]),
)

/** Whether a rule names the only values that an argument can have. */
function isPinned(rules: readonly string[], word: number): boolean {
  return rules.some((text) => {
    const rule = readRule(text)
    if (rule?.word !== word) return false
    return (
      rule.kind === 'oneOf' ||
      (rule.kind === 'compare' && rule.comparison === '==')
    )
  })
}

/** What speaks against the addresses that a call can name: whoever takes the session key can put their own there. */
export function lintReceivers(
  { signature, rules }: Permission,
  prefix: string,
): LintFinding[] {
  const words = parseFunctionSignature(signature)?.words ?? []
  const receiver = receiverBySelector.get(selectorOf(signature))
  return words.flatMap((type, word): LintFinding[] => {
    if (type !== 'address' || isPinned(rules, word)) return []
    if (word === receiver) {
      const message = `leave open who gets what the player owns: name them, with a rule such as arg${word} == 0x…`
      return [{ level: 'block', field: `${prefix}.rules`, message }]
    }
    const message = `leave the address arg${word} open: a stolen key could choose its own`
    return [{ level: 'warn', field: `${prefix}.rules`, message }]
  })
}

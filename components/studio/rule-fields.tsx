import { Plus, X } from 'lucide-react'
import { describeRule } from '@/lib/permission/describe-rule'
import { MAX_RULES } from '@/lib/permission/limits'
import { Button, IconButton } from '../ui/button'
import { InputField } from '../ui/field'
import { explainRule, listArguments } from './explain-rule'

/** Rules of a form without the fields that were left empty. */
export function rulesOf(texts: readonly string[]): string[] {
  return texts.map((text) => text.trim()).filter((text) => text !== '')
}

type RuleFieldsProps = {
  id: string
  /** One text per field. */
  rules: readonly string[]
  signature: string
  hasPeriod: boolean
  onChange: (rules: string[]) => void
}

/** Edits the rules of one action: each is checked while it is typed, and told in words below. */
export function RuleFields(props: RuleFieldsProps) {
  const { id, rules, signature, hasPeriod, onChange } = props
  const names = listArguments(signature)
  const set = (index: number, text: string) =>
    onChange(rules.map((old, at) => (at === index ? text : old)))
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-1 font-medium text-[13px] text-parchment-dim">
        Rules for arguments
      </legend>
      <p className="text-[13px] text-parchment-faint [overflow-wrap:anywhere]">
        {names.length > 0
          ? `All of them must hold. Arguments: ${names.join(', ')}.`
          : 'Rules can be added once the function has arguments.'}
      </p>
      {rules.map((text, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule has no name but its place
          key={index}
          className="flex items-start gap-2"
        >
          <div className="min-w-0 flex-1">
            <InputField
              id={`${id}-rule-${index}`}
              label={`Rule ${index + 1}`}
              className="font-mono text-[13px]"
              placeholder="arg0 <= 3"
              spellCheck={false}
              autoCapitalize="none"
              autoComplete="off"
              value={text}
              error={
                text.trim() === ''
                  ? null
                  : explainRule(text.trim(), signature, hasPeriod)
              }
              hint={text.trim() && `Only if ${describeRule(text.trim())}.`}
              onChange={(event) => set(index, event.target.value)}
            />
          </div>
          <IconButton
            label={`Remove rule ${index + 1}`}
            className="mt-6"
            onClick={() => onChange(rules.filter((_, at) => at !== index))}
          >
            <X className="size-4" />
          </IconButton>
        </div>
      ))}
      {rules.length < MAX_RULES && names.length > 0 && (
        <Button
          size="sm"
          className="self-start"
          onClick={() => onChange([...rules, ''])}
        >
          <Plus className="size-4" aria-hidden="true" />
          Add rule
        </Button>
      )}
    </fieldset>
  )
}

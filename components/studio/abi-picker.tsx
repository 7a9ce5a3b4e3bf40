'use client'

import { useId, useMemo, useState } from 'react'
import { Disclosure } from '../ui/disclosure'
import { SelectField, TextareaField } from '../ui/field'
import { type AbiChoice, readAbi } from './abi-functions'

type AbiPickerProps = { onPick: (choice: AbiChoice) => void }

/** Paste an ABI, pick a function of it. */
export function AbiPicker({ onPick }: AbiPickerProps) {
  const id = useId()
  const [text, setText] = useState('')
  const choices = useMemo(() => readAbi(text), [text])
  const empty = text.trim() !== '' && choices.length === 0

  return (
    <Disclosure summary="Pick the function from an ABI">
      <div className="flex flex-col gap-3">
        <TextareaField
          id={`${id}-abi`}
          label="ABI"
          placeholder="Paste JSON, a build artefact, or Solidity function lines"
          spellCheck={false}
          className="font-mono text-[13px]"
          value={text}
          onChange={(event) => setText(event.target.value)}
          error={
            empty ? 'No state-changing function found in this text.' : null
          }
        />
        {choices.length > 0 && (
          <SelectField
            id={`${id}-function`}
            label={`${choices.length} function${choices.length === 1 ? '' : 's'} found`}
            defaultValue=""
            className="font-mono"
            onChange={(event) => {
              const choice = choices[Number(event.target.value)]
              if (event.target.value && choice) onPick(choice)
            }}
          >
            <option value="">Choose a function</option>
            {choices.map((choice, index) => (
              <option key={choice.signature} value={index}>
                {choice.signature}
                {choice.payable ? ' (payable)' : ''}
              </option>
            ))}
          </SelectField>
        )}
      </div>
    </Disclosure>
  )
}

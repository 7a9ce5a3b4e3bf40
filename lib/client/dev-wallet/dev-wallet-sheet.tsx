'use client'

import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { type DevIdentity, devIdentities } from './dev-identity'
import type { Prompt, PromptQueue } from './prompt-queue'
import { TypedDataFields } from './typed-data-fields'

const titles: Record<Prompt['kind'], string> = {
  connect: 'A site wants to connect',
  message: 'A site asks for a signature',
  'typed-data': 'A site asks for a signature',
}

function IdentityPicker(props: {
  value: DevIdentity
  onChange: (identity: DevIdentity) => void
}) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-parchment-dim text-sm">Identity</legend>
      {devIdentities.map(({ id, name, hint }) => (
        <label
          key={id}
          className="flex cursor-pointer items-center gap-3 rounded-lg border border-basalt-700 bg-basalt-900 px-3 py-2 has-checked:border-torch"
        >
          <input
            type="radio"
            name="dev-identity"
            value={id}
            checked={props.value === id}
            onChange={() => props.onChange(id)}
            aria-label={name}
            className="accent-torch"
          />
          <span>
            <span className="block font-medium text-sm">{name}</span>
            <span className="block text-parchment-faint text-xs">{hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function PromptBody({
  prompt,
}: {
  prompt: Exclude<Prompt, { kind: 'connect' }>
}) {
  return (
    <>
      <p className="mb-2 font-mono text-parchment-faint text-xs [overflow-wrap:anywhere]">
        {prompt.address}
      </p>
      <div className="max-h-[45dvh] overflow-auto rounded-lg border border-basalt-700 bg-basalt-950 p-3">
        {prompt.kind === 'message' ? (
          <pre className="whitespace-pre-wrap font-mono text-xs [overflow-wrap:anywhere]">
            {prompt.text}
          </pre>
        ) : (
          <TypedDataFields data={prompt.typedData} />
        )}
      </div>
    </>
  )
}

/** Keeps Tab inside the sheet. */
function keepFocus(event: KeyboardEvent, panel: HTMLElement): void {
  const items = [...panel.querySelectorAll<HTMLElement>('input,button')]
  const edge = event.shiftKey ? items[0] : items.at(-1)
  const other = event.shiftKey ? items.at(-1) : items[0]
  if (document.activeElement !== edge) return
  event.preventDefault()
  other?.focus()
}

/** One request of the development wallet, above everything else on the page. */
export function DevWalletSheet(props: {
  prompt: Prompt
  prompts: PromptQueue
}) {
  const { prompt, prompts } = props
  const [identity, setIdentity] = useState<DevIdentity>('new')
  const panel = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const before = document.activeElement
    panel.current?.focus()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])

  const onKeyDown = (event: KeyboardEvent) => {
    // The page behind must not hear keys that are meant for the wallet.
    event.stopPropagation()
    if (event.key === 'Escape') prompts.reject(prompt.id)
    if (event.key === 'Tab' && panel.current) keepFocus(event, panel.current)
  }

  return createPortal(
    <div className="fixed inset-0 z-60 flex items-end justify-center bg-basalt-950/70 sm:items-start sm:justify-end sm:p-6">
      <div
        ref={panel}
        role="dialog"
        aria-modal="true"
        aria-label="Development wallet"
        tabIndex={-1}
        onKeyDown={onKeyDown}
        className="surface w-full bg-basalt-800 p-5 text-parchment shadow-raised outline-none sm:w-96"
      >
        <p className="mb-1 font-pixel text-torch text-xs">Development wallet</p>
        <h2 className="mb-4 font-semibold">{titles[prompt.kind]}</h2>
        {prompt.kind === 'connect' ? (
          <IdentityPicker value={identity} onChange={setIdentity} />
        ) : (
          <PromptBody prompt={prompt} />
        )}
        <div className="mt-5 grid grid-cols-2 gap-3">
          <button
            type="button"
            onClick={() => prompts.reject(prompt.id)}
            className="min-h-11 rounded-lg border border-basalt-600 px-4 py-2 text-sm hover:bg-basalt-700"
          >
            Reject
          </button>
          <button
            type="button"
            onClick={() => prompts.confirm(prompt.id, identity)}
            className="min-h-11 rounded-lg bg-torch px-4 py-2 font-semibold text-basalt-950 text-sm hover:bg-torch-bright"
          >
            Confirm
          </button>
        </div>
      </div>
    </div>,
    document.body,
  )
}

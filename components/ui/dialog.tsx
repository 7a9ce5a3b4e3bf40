'use client'

import { clsx } from 'clsx'
import { X } from 'lucide-react'
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useRef,
} from 'react'
import { createPortal } from 'react-dom'
import { IconButton } from './button'

type DialogProps = {
  title: string
  description?: ReactNode
  onClose: () => void
  /** While true neither Escape nor the backdrop nor the close button ends it. */
  locked?: boolean
  size?: 'md' | 'lg'
  children: ReactNode
  footer?: ReactNode
}

const focusable =
  'a[href],button:not(:disabled),input:not(:disabled),select:not(:disabled),textarea:not(:disabled),summary,[tabindex]:not([tabindex="-1"])'

/**
 * Modal dialog; a sheet from below on phones. It is no `<dialog>` in the top
 * layer, because a wallet's own confirmation must be able to appear above it.
 */
export function Dialog(props: DialogProps) {
  const panel = useRef<HTMLDivElement>(null)
  const titleId = useId()
  const descriptionId = useId()

  useEffect(() => {
    const before = document.activeElement
    panel.current?.focus()
    document.body.style.overflow = 'hidden'
    return () => {
      document.body.style.overflow = ''
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])

  const close = () => {
    if (!props.locked) props.onClose()
  }

  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Escape') close()
    if (event.key === 'Tab' && panel.current) keepFocus(event, panel.current)
  }

  return createPortal(
    <div className="fixed inset-0 z-40 flex items-end justify-center sm:items-center sm:p-6">
      <div
        className="absolute inset-0 animate-fade bg-basalt-950/80 backdrop-blur-sm"
        onClick={close}
        aria-hidden="true"
      />
      <div
        ref={panel}
        role="dialog"
        aria-modal="true"
        aria-labelledby={titleId}
        aria-describedby={props.description ? descriptionId : undefined}
        tabIndex={-1}
        onKeyDown={onKeyDown}
        className={clsx(
          'surface relative flex max-h-[92dvh] w-full animate-rise flex-col rounded-b-none bg-basalt-850 outline-none sm:rounded-b-(--radius-card)',
          props.size === 'lg' ? 'sm:max-w-2xl' : 'sm:max-w-lg',
        )}
      >
        <header className="flex items-start gap-4 px-5 pt-5 pb-4 sm:px-6">
          <div className="min-w-0 flex-1">
            <h2 id={titleId} className="font-semibold text-lg leading-snug">
              {props.title}
            </h2>
            {props.description && (
              <div
                id={descriptionId}
                className="mt-1 text-parchment-dim text-sm leading-relaxed"
              >
                {props.description}
              </div>
            )}
          </div>
          <IconButton label="Close" onClick={close} disabled={props.locked}>
            <X className="size-4" />
          </IconButton>
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 pb-5 sm:px-6">
          {props.children}
        </div>
        {props.footer && (
          <footer className="hairline border-t bg-basalt-900/60 px-5 py-4 pb-[max(1rem,env(safe-area-inset-bottom))] sm:rounded-b-(--radius-card) sm:px-6">
            {props.footer}
          </footer>
        )}
      </div>
    </div>,
    document.body,
  )
}

/** Tab wraps inside the dialog; focus that a wallet took elsewhere stays there. */
function keepFocus(event: KeyboardEvent, panel: HTMLElement) {
  const items = [...panel.querySelectorAll<HTMLElement>(focusable)].filter(
    (item) => item.offsetParent !== null,
  )
  const first = items[0]
  const last = items.at(-1)
  const at = document.activeElement
  if (event.shiftKey && (at === first || at === panel)) {
    event.preventDefault()
    last?.focus()
  } else if (!event.shiftKey && at === last) {
    event.preventDefault()
    first?.focus()
  }
}

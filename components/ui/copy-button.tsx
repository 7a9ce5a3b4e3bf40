'use client'

import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from './button'

/** Copies a value and says so for a moment. */
export function CopyButton({ value, what }: { value: string; what: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(value)
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <IconButton
      label={copied ? `${what} copied` : `Copy ${what}`}
      onClick={copy}
      className="size-6!"
    >
      {copied ? (
        <Check className="size-3.5 text-moss" />
      ) : (
        <Copy className="size-3.5" />
      )}
    </IconButton>
  )
}

import { Ban, Check, Coins } from 'lucide-react'
import type { Address } from 'viem'
import { Disclosure } from '../ui/disclosure'
import { Hex } from '../ui/hex'

/** What a player reads before signing; made by `describeSession` from the signed struct. */
export type Consent = {
  sentences: {
    title: string
    /** The studio's own words, told apart from the facts. */
    note?: string | null
    detail: string
    to: Address
    signature: string
  }[]
  /** One sentence per token that may be spent. */
  spends: string[]
  window: string
  worstCase: string
  never: string[]
}

type ConsentSummaryProps = {
  consent: Consent
  /** Token of each sentence in `spends`, in the same order. */
  tokens: readonly Address[]
  /** Left out where the window is chosen beside it. */
  showWindow?: boolean
}

/** A session in sentences: what is allowed, the worst case, and what can never happen. */
export function ConsentSummary(props: ConsentSummaryProps) {
  const { consent, tokens, showWindow = false } = props
  return (
    <div className="space-y-5">
      <section
        aria-label="Worst case"
        className="rounded-xl border border-torch/25 bg-torch/7 px-4 py-3"
      >
        <h3 className="font-medium text-[13px] text-torch-bright">
          Worst case over the whole session
        </h3>
        <p className="mt-0.5 font-medium first-letter:uppercase">
          {consent.worstCase}
        </p>
        {showWindow && (
          <p className="mt-0.5 text-parchment-dim text-sm">{consent.window}</p>
        )}
      </section>
      <section aria-label="What the game may do">
        <ul className="space-y-2">
          {consent.sentences.map((sentence) => (
            <li
              key={`${sentence.to}${sentence.signature}`}
              className="rounded-xl border border-white/8 bg-basalt-900 px-4 py-3"
            >
              <div className="flex gap-3">
                <Check
                  className="mt-1 size-4 shrink-0 text-moss"
                  aria-hidden="true"
                />
                <div className="min-w-0 flex-1">
                  <p className="font-medium">{sentence.title}</p>
                  {sentence.note && (
                    <p className="text-parchment-dim text-sm">
                      {sentence.note}
                    </p>
                  )}
                  <p className="text-parchment-dim text-sm leading-relaxed [overflow-wrap:anywhere]">
                    {sentence.detail}
                  </p>
                  <Disclosure
                    summary="Contract and function"
                    className="mt-1.5"
                  >
                    <p className="flex flex-col gap-1 text-[13px] text-parchment-dim">
                      <code className="font-mono [overflow-wrap:anywhere]">
                        {sentence.signature}
                      </code>
                      <Hex value={sentence.to} what="contract address" full />
                    </p>
                  </Disclosure>
                </div>
              </div>
            </li>
          ))}
        </ul>
      </section>
      {consent.spends.length > 0 && (
        <section aria-label="Tokens the game may spend">
          <ul className="space-y-2">
            {consent.spends.map((line, index) => (
              <li
                key={line}
                className="flex gap-3 rounded-xl border border-white/8 bg-basalt-900 px-4 py-3 text-sm leading-relaxed"
              >
                <Coins
                  className="mt-1 size-4 shrink-0 text-torch"
                  aria-hidden="true"
                />
                <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                  <p>{line}</p>
                  {tokens[index] && (
                    <Disclosure summary="Token" className="mt-1.5">
                      <Hex value={tokens[index]} what="token address" full />
                    </Disclosure>
                  )}
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-label="What the key can never do">
        <h3 className="font-medium text-[13px] text-parchment-faint">
          The key can never
        </h3>
        <ul className="mt-2 space-y-1.5">
          {consent.never.map((line) => (
            <li
              key={line}
              className="flex gap-2.5 text-parchment-dim text-sm leading-relaxed"
            >
              <Ban
                className="mt-1 size-3.5 shrink-0 text-parchment-faint"
                aria-hidden="true"
              />
              {line}
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}

'use client'

import { clsx } from 'clsx'
import { memo } from 'react'
import { relicPrices } from '@/lib/games/delve/delve-rules'
import { GemSprite, RelicSprite } from '../sprite'
import { relicNames } from './relics'

type RelicShelfProps = {
  gems: number
  /** How many of each the player owns, by id. */
  owned: readonly number[]
  /** Null while moves cannot be sent. */
  onMint: ((relicId: number) => void) | null
}

/** Eight relics with their prices, and what the player owns of them. */
export const RelicShelf = memo(function RelicShelf(props: RelicShelfProps) {
  const { gems, owned, onMint } = props
  const total = owned.reduce((sum, count) => sum + count, 0)
  return (
    <section aria-label="Relics" className="surface p-4 sm:p-5">
      <header className="flex items-center justify-between gap-3">
        <h2 className="font-semibold text-[15px]">Relics</h2>
        <p className="flex items-center gap-3 text-[13px] text-parchment-dim">
          <span>{total} collected</span>
          <span className="numeric flex items-center gap-1 font-medium text-gem">
            <GemSprite />
            <span>{gems}</span>
            <span className="sr-only">gems</span>
          </span>
        </p>
      </header>
      <ul className="mt-3 grid grid-cols-4 gap-2">
        {relicNames.map((name, id) => (
          <Relic
            key={name}
            name={name}
            id={id}
            price={relicPrices[id] ?? 0}
            owned={owned[id] ?? 0}
            gems={gems}
            onMint={onMint}
          />
        ))}
      </ul>
    </section>
  )
})

type RelicProps = {
  name: string
  id: number
  price: number
  owned: number
  gems: number
  onMint: ((relicId: number) => void) | null
}

function Relic({ name, id, price, owned, gems, onMint }: RelicProps) {
  const affordable = gems >= price
  const ready = affordable && onMint !== null
  return (
    <li>
      <button
        type="button"
        disabled={!ready}
        onClick={() => onMint?.(id)}
        aria-label={`Mint ${name} for ${price} gems, you own ${owned}`}
        title={name}
        className={clsx(
          'relative flex w-full flex-col items-center gap-1.5 rounded-xl border px-1 pt-3 pb-2 transition-[border-color,background,transform]',
          ready
            ? 'border-torch/50 bg-torch/8 hover:bg-torch/15 active:translate-y-px'
            : 'border-white/8 bg-basalt-950/50 disabled:cursor-default',
        )}
      >
        <RelicSprite
          relicId={id}
          className={clsx(
            'size-9 transition-[filter,opacity]',
            !ready && owned === 0 && 'opacity-55 saturate-50',
          )}
        />
        <span className="w-full truncate text-center text-[11px] text-parchment-dim">
          {name}
        </span>
        <span
          className={clsx(
            'numeric flex items-center gap-1 text-xs',
            affordable ? 'text-gem' : 'text-parchment-faint',
          )}
        >
          <GemSprite className="size-3" />
          {price}
        </span>
        {owned > 0 && (
          <span className="numeric absolute top-1 right-1 rounded bg-relic-deep px-1.5 font-medium text-[11px] text-relic">
            ×{owned}
          </span>
        )}
      </button>
    </li>
  )
}

import { memo } from 'react'
import { hueOf } from '../ui/identicon'
import { gemArt, heroRows, type PixelArt, relicArt } from './sprite-art'

/** One path per colour, runs of equal pixels joined. */
function pathsOf({ rows, colors }: PixelArt): { fill: string; d: string }[] {
  const paths = new Map<string, string>()
  rows.forEach((row, y) => {
    for (const run of row.matchAll(/([^.])\1*/g)) {
      const fill = colors[run[0][0] ?? '']
      if (!fill) continue
      const d = `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`
      paths.set(fill, (paths.get(fill) ?? '') + d)
    }
  })
  return [...paths].map(([fill, d]) => ({ fill, d }))
}

const heroes = new Map<string | null, PixelArt>()

/** Hero in the hue of an address, the same object each time; null wears violet. */
export function heroArt(address: string | null): PixelArt {
  const known = heroes.get(address)
  if (known) return known
  const art = paintHero(address)
  heroes.set(address, art)
  return art
}

function paintHero(address: string | null): PixelArt {
  const hue = address ? hueOf(address) : 265
  return {
    rows: heroRows,
    colors: {
      a: `hsl(${hue} 38% 30%)`,
      b: `hsl(${hue} 48% 46%)`,
      c: `hsl(${hue} 62% 66%)`,
      k: '#141118',
      f: '#ffd08a',
      y: '#fff0c4',
      Y: '#ffb650',
      s: '#7a4a12',
    },
  }
}

/** Pixels of a sprite, 12 × 12 units, for use inside an SVG. */
export const SpritePixels = memo(function SpritePixels(props: {
  art: PixelArt
}) {
  return (
    <g shapeRendering="crispEdges">
      {pathsOf(props.art).map((path) => (
        <path key={path.fill} {...path} />
      ))}
    </g>
  )
})

type SpriteProps = { art: PixelArt; className?: string }

/** A sprite on its own; decorative, its name stands beside it. */
export function Sprite({ art, className = 'size-8' }: SpriteProps) {
  return (
    <svg
      viewBox="0 0 12 12"
      className={`${className} shrink-0`}
      aria-hidden="true"
    >
      <SpritePixels art={art} />
    </svg>
  )
}

/** Relic by id. */
export function RelicSprite(props: { relicId: number; className?: string }) {
  const art = relicArt[props.relicId % relicArt.length]
  if (!art) return null
  return <Sprite art={art} className={props.className ?? 'size-10'} />
}

export function GemSprite({ className }: { className?: string }) {
  return <Sprite art={gemArt} className={className ?? 'size-4'} />
}

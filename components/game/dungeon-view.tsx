import { memo, type ReactNode } from 'react'
import { DungeonFloor, DungeonWalls } from './dungeon-floor'
import { heroArt, SpritePixels } from './sprite'
import { gemArt } from './sprite-art'

type Place = { x: number; y: number }

const layer = 'absolute inset-0 size-full'

type DungeonViewProps = {
  columns: number
  rows: number
  walls: readonly Place[]
  gems: readonly Place[]
  /** Where the light is, and how many cells it reaches. */
  torch: Place & { radius: number }
  /** What it shows, for those who do not see it. */
  label: string
  /** Figures. */
  children: ReactNode
}

/**
 * A dungeon, in layers of which each is painted once and then only moved or
 * faded by the compositor: walking at key-repeat speed repaints nothing.
 */
export function DungeonView(props: DungeonViewProps) {
  const { columns, rows, torch } = props
  return (
    <div
      role="img"
      aria-label={props.label}
      className="relative select-none overflow-hidden"
      style={{ aspectRatio: `${columns} / ${rows}` }}
    >
      <Ground columns={columns} rows={rows} walls={props.walls} />
      <Gems columns={columns} rows={rows} gems={props.gems} />
      <Torch columns={columns} {...torch} />
      {props.children}
    </div>
  )
}

type GroundProps = Pick<DungeonViewProps, 'columns' | 'rows' | 'walls'>

const Ground = memo(function Ground({ columns, rows, walls }: GroundProps) {
  return (
    <svg
      viewBox={`0 0 ${columns} ${rows}`}
      className={layer}
      aria-hidden="true"
    >
      <DungeonFloor columns={columns} rows={rows} />
      <DungeonWalls places={walls} />
    </svg>
  )
})

type GemsProps = Pick<DungeonViewProps, 'columns' | 'rows' | 'gems'>

const glints = ['', '[animation-delay:-0.8s]', '[animation-delay:-1.6s]']

const Gems = memo(function Gems({ columns, rows, gems }: GemsProps) {
  const viewBox = `0 0 ${columns} ${rows}`
  const glint = ({ x, y }: Place) =>
    `M${x + 0.7} ${y + 0.14}h.067v.067h.067v.067h-.067v.067h-.067v-.067h-.067v-.067h.067z`
  return (
    <>
      <svg viewBox={viewBox} className={layer} aria-hidden="true">
        {gems.map(({ x, y }) => (
          <g
            key={`${x} ${y}`}
            transform={`translate(${x + 0.1} ${y + 0.08}) scale(${0.8 / 12})`}
          >
            <ellipse cx="6" cy="11.4" rx="4" ry="1" fill="#000" opacity=".35" />
            <SpritePixels art={gemArt} />
          </g>
        ))}
      </svg>
      {glints.map((delay, turn) => (
        <svg
          key={delay}
          viewBox={viewBox}
          className={`${layer} animate-twinkle ${delay}`}
          aria-hidden="true"
        >
          <path
            fill="#f2fffd"
            d={gems
              .filter(({ x, y }) => (x * 7 + y * 13) % glints.length === turn)
              .map(glint)
              .join('')}
          />
        </svg>
      ))}
    </>
  )
})

type TorchProps = Place & { columns: number; radius: number }

/** Everything beyond the torch's reach falls into the dark. */
function Torch({ columns, x, y, radius }: TorchProps) {
  const at = (share: number) => `${((share * radius) / columns) * 100}%`
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-0 left-0 aspect-square w-[200%] transition-transform duration-150 ease-out will-change-transform"
      style={{
        // The light's centre is its own middle: half a width back, then to the cell.
        transform: `translate(${((x + 0.5) / columns - 1) * 50}%, ${((y + 0.5) / columns - 1) * 50}%)`,
      }}
    >
      <div
        className="size-full animate-flicker"
        style={{
          background: `radial-gradient(circle closest-side, rgb(255 182 80 / 30%) 0, rgb(255 157 60 / 12%) ${at(0.3)}, rgb(26 18 16 / 30%) ${at(0.62)}, rgb(13 12 15 / 62%) ${at(1)})`,
        }}
      />
    </div>
  )
}

type FigureProps = Place & {
  columns: number
  /** Account; null is the player at the screen, who wears violet. */
  address: string | null
  /** Milliseconds of one step; 0 jumps. */
  glideMs: number
  flip?: boolean
  /** Lies over the figure. */
  children?: ReactNode
}

/** A player. Position changes glide, so that a step reads as a step. */
export function Figure(props: FigureProps) {
  const { x, y, columns, address, glideMs, flip = false, children } = props
  return (
    <div
      aria-hidden="true"
      className="absolute top-0 left-0 aspect-square will-change-transform"
      style={{
        width: `${100 / columns}%`,
        transform: `translate(${x * 100}%, ${y * 100}%)`,
        transition: glideMs
          ? `transform ${glideMs}ms cubic-bezier(.3,.7,.3,1)`
          : 'none',
      }}
    >
      <svg viewBox="-.7 -.3 13.4 13.4" className="size-full" aria-hidden="true">
        <ellipse cx="6" cy="12.1" rx="4.2" ry="1" fill="#000" opacity=".45" />
        <g transform={flip ? 'translate(12 0) scale(-1 1)' : undefined}>
          <SpritePixels art={heroArt(address)} />
        </g>
      </svg>
      {children}
    </div>
  )
}

import { heroArt, SpritePixels } from './sprite'
import { gemArt } from './sprite-art'

type At = { x: number; y: number }

/** A gem that lies on a cell, with its glint. */
export function GemFigure({ x, y }: At) {
  const delay = `${((x * 7 + y * 13) % 24) / 10}s`
  return (
    <g transform={`translate(${x + 0.1} ${y + 0.08}) scale(${0.8 / 12})`}>
      <ellipse cx="6" cy="11.4" rx="4" ry="1" fill="#000" opacity=".35" />
      <SpritePixels art={gemArt} />
      <path
        d="M9 1h1v1h1v1h-1v1h-1v-1h-1v-1h1z"
        fill="#e3fffa"
        className="origin-[9.5px_2.5px] animate-twinkle"
        style={{ animationDelay: delay }}
      />
    </g>
  )
}

type HeroFigureProps = At & {
  /** Owner's address; null wears the torch-bearer's own colours. */
  address: string | null
  name: string
  /** Milliseconds of one step; 0 jumps. */
  stepMs: number
  flip?: boolean
}

/** A player. Position changes glide, so that a step reads as a step. */
export function HeroFigure(props: HeroFigureProps) {
  return (
    <g
      style={{
        transform: `translate(${props.x}px, ${props.y}px)`,
        transition: props.stepMs
          ? `transform ${props.stepMs}ms cubic-bezier(.3,.7,.3,1)`
          : 'none',
      }}
    >
      <title>{props.name}</title>
      <ellipse cx=".5" cy=".93" rx=".32" ry=".08" fill="#000" opacity=".45" />
      <g
        transform={
          props.flip
            ? `translate(.95 .02) scale(${-0.9 / 12} ${0.9 / 12})`
            : `translate(.05 .02) scale(${0.9 / 12})`
        }
      >
        <SpritePixels art={heroArt(props.address)} />
      </g>
    </g>
  )
}

type TorchProps = At & { id: string; radius: number; stepMs: number }

/** Everything beyond the torch's reach falls into the dark. */
export function Torch({ id, x, y, radius, stepMs }: TorchProps) {
  return (
    <g pointerEvents="none">
      <defs>
        <radialGradient
          id={id}
          gradientUnits="userSpaceOnUse"
          cx="0"
          cy="0"
          r={radius}
        >
          <stop offset="0" stopColor="#ffb650" stopOpacity=".3" />
          <stop offset=".3" stopColor="#ff9d3c" stopOpacity=".12" />
          <stop offset=".62" stopColor="#1a1210" stopOpacity=".3" />
          <stop offset="1" stopColor="#0d0c0f" stopOpacity=".62" />
        </radialGradient>
      </defs>
      <g
        style={{
          transform: `translate(${x + 0.5}px, ${y + 0.5}px)`,
          transition: stepMs ? `transform ${stepMs}ms ease-out` : 'none',
        }}
      >
        <rect
          className="animate-flicker"
          x="-40"
          y="-40"
          width="80"
          height="80"
          fill={`url(#${id})`}
        />
      </g>
    </g>
  )
}

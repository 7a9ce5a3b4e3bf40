/** Small stable hash of a cell, 0 to 255: what the floor looks like there. */
function grainOf(x: number, y: number): number {
  let h = (x * 374_761_393 + y * 668_265_263) | 0
  h = Math.imul(h ^ (h >>> 13), 1_274_126_177)
  return ((h ^ (h >>> 16)) >>> 0) & 0xff
}

const shades = ['#2b2731', '#302b37', '#35303d', '#3b3543']

type Detail = { d: string; fill: string }

/** Flagstones with a worn corner here, a crack or some moss there. */
function floorOf(left: number, top: number, columns: number, rows: number) {
  const stones = shades.map((fill) => ({ fill, d: '' }))
  const cracks: Detail = { fill: '#1b181f', d: '' }
  const light: Detail = { fill: '#494251', d: '' }
  const moss: Detail = { fill: '#41573c', d: '' }
  for (let y = top; y < top + rows; y++) {
    for (let x = left; x < left + columns; x++) {
      const grain = grainOf(x, y)
      const stone = stones[grain & 3]
      if (stone) stone.d += `M${x + 0.03} ${y + 0.03}h.94v.94h-.94z`
      light.d += `M${x + 0.03} ${y + 0.03}h.94v.05h-.94z`
      if (grain < 22) cracks.d += crack(x, y, grain)
      if (grain > 236) moss.d += patch(x, y, grain)
    }
  }
  return [...stones, light, cracks, moss]
}

const crack = (x: number, y: number, grain: number) => {
  const at = 0.2 + (grain % 5) * 0.1
  return `M${x + at} ${y + 0.25}h.08v.17h.09v.16h-.09v.17h-.08z`
}

const patch = (x: number, y: number, grain: number) => {
  const at = 0.1 + (grain % 4) * 0.14
  return `M${x + at} ${y + 0.7}h.3v.1h.12v.1h-.5v-.1h.08z`
}

type DungeonFloorProps = {
  /** First column and row drawn; cells keep their looks wherever the view is. */
  left?: number
  top?: number
  columns: number
  rows: number
}

/** The dungeon's floor in units of one cell. Depends on nothing but its bounds. */
export function DungeonFloor(props: DungeonFloorProps) {
  const { left = 0, top = 0, columns, rows } = props
  return (
    <g shapeRendering="crispEdges">
      <rect x={left} y={top} width={columns} height={rows} fill="#17151b" />
      {floorOf(left, top, columns, rows).map((part) => (
        <path key={part.fill} d={part.d} fill={part.fill} />
      ))}
    </g>
  )
}

type DungeonWallsProps = { places: readonly { x: number; y: number }[] }

/** Blocks of masonry: a lit top, a darker face with joints, a shadow on the floor below. */
export function DungeonWalls({ places }: DungeonWallsProps) {
  const draw = (of: (x: number, y: number) => string) =>
    places.map(({ x, y }) => of(x, y)).join('')
  return (
    <g shapeRendering="crispEdges">
      <path
        fill="#000"
        opacity=".4"
        d={draw((x, y) => `M${x} ${y + 1}h1v.16h-1z`)}
      />
      <path fill="#17141b" d={draw((x, y) => `M${x} ${y}h1v1h-1z`)} />
      <path fill="#6b6275" d={draw((x, y) => `M${x} ${y}h1v.58h-1z`)} />
      <path
        fill="#8a8094"
        d={draw(
          (x, y) => `M${x} ${y}h1v.08h-1zM${x + 0.2} ${y + 0.22}h.2v.08h-.2z`,
        )}
      />
      <path
        fill="#4b4455"
        d={draw(
          (x, y) =>
            `M${x + 0.04} ${y + 0.62}h.42v.15h-.42zM${x + 0.54} ${y + 0.62}h.42v.15h-.42zM${x + 0.04} ${y + 0.82}h.2v.15h-.2zM${x + 0.3} ${y + 0.82}h.42v.15h-.42zM${x + 0.78} ${y + 0.82}h.18v.15h-.18z`,
        )}
      />
    </g>
  )
}

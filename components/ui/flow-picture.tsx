type Node = {
  x: number
  y: number
  title: string
  lines: [string, string]
  tone: string
}

type Layout = {
  width: number
  height: number
  node: { width: number; height: number }
  nodes: [Node, Node, Node, Node, Node]
}

const words: Omit<Node, 'x' | 'y'>[] = [
  {
    title: 'Your wallet',
    lines: ['signs the session', 'once, in plain words'],
    tone: '#ffb650',
  },
  {
    title: 'Session key',
    lines: ['signs every move in', 'your browser, silently'],
    tone: '#ffb650',
  },
  {
    title: 'Relay',
    lines: ['carries moves, pays gas,', 'has no say in them'],
    tone: '#bda6ff',
  },
  {
    title: 'Session manager',
    lines: ['checks window, limits', 'and order on chain'],
    tone: '#67e0cf',
  },
  {
    title: 'The game',
    lines: ['sees an ordinary call', 'from your account'],
    tone: '#67e0cf',
  },
]

/** Places the five stations along a line, in either direction. */
function layOut(at: (index: number) => { x: number; y: number }) {
  return words.map((node, index) => ({ ...node, ...at(index) })) as [
    Node,
    Node,
    Node,
    Node,
    Node,
  ]
}

const wide: Layout = {
  width: 1120,
  height: 290,
  node: { width: 186, height: 118 },
  nodes: layOut((index) => ({ x: 2 + index * 232, y: 20 })),
}

const tall: Layout = {
  width: 340,
  height: 760,
  node: { width: 250, height: 100 },
  nodes: layOut((index) => ({ x: 2, y: 10 + index * 136 })),
}

function Station({ node, layout }: { node: Node; layout: Layout }) {
  return (
    <g transform={`translate(${node.x} ${node.y})`}>
      <rect
        {...layout.node}
        rx="12"
        fill="#18171d"
        stroke="#fff0dc"
        strokeOpacity=".12"
      />
      <rect x="18" y="22" width="8" height="8" fill={node.tone} />
      <text x="36" y="31" fill="#f3ede2" fontSize="16" fontWeight="600">
        {node.title}
      </text>
      <text x="18" y="62" fill="#bdb6ac" fontSize="14">
        <tspan>{node.lines[0]}</tspan>
        <tspan x="18" dy="20">
          {node.lines[1]}
        </tspan>
      </text>
    </g>
  )
}

/** Arrow between neighbours, and the way by which a session is ended. */
function Lines({ layout, vertical }: { layout: Layout; vertical: boolean }) {
  const { width, height } = layout.node
  const [first, , , manager] = layout.nodes
  const steps = layout.nodes
    .slice(0, 4)
    .map((node) =>
      vertical
        ? `M40 ${node.y + height + 4}v28m-4-6l4 6l4-6`
        : `M${node.x + width + 5} ${node.y + height / 2}h34m-6-4l6 4l-6 4`,
    )
  const stop = vertical
    ? `M${first.x + width + 5} ${first.y + 50}h46v${manager.y - first.y}h-44`
    : `M${first.x + 93} ${first.y + height + 6}v62h${manager.x - first.x}v-60`
  const head = vertical
    ? `M${first.x + width + 13} ${manager.y + 46}l-6 4l6 4`
    : `M${manager.x + 89} ${first.y + height + 14}l4-6l4 6`
  return (
    <g fill="none" strokeWidth="1.6">
      <path d={steps.join('')} stroke="#989188" />
      <path d={stop} stroke="#ff8b80" strokeDasharray="4 5" />
      <path d={head} stroke="#ff8b80" />
    </g>
  )
}

function Picture({ layout, vertical }: { layout: Layout; vertical: boolean }) {
  return (
    <svg
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="img"
      aria-label="How it works: your wallet signs a session once; a session key in your browser signs every move; a relay carries the moves and pays the gas; the session manager contract checks every limit; the game receives an ordinary call. You, the studio or an admin can end the session on chain at any moment."
      className={
        vertical ? 'mx-auto w-full max-w-sm md:hidden' : 'w-full max-md:hidden'
      }
    >
      <Lines layout={layout} vertical={vertical} />
      {layout.nodes.map((node) => (
        <Station key={node.title} node={node} layout={layout} />
      ))}
      {vertical ? (
        <text x="2" y="708" fill="#ff8b80" fontSize="14">
          <tspan>You, the studio or an admin</tspan>
          <tspan x="2" dy="20">
            end it on chain, at any moment
          </tspan>
        </text>
      ) : (
        <text x="464" y="232" fill="#ff8b80" fontSize="14" textAnchor="middle">
          You, the studio or an admin end it on chain, at any moment
        </text>
      )}
    </svg>
  )
}

/** How a move travels: left to right on wide screens, downwards on phones. */
export function FlowPicture() {
  return (
    <>
      <Picture layout={wide} vertical={false} />
      <Picture layout={tall} vertical />
    </>
  )
}

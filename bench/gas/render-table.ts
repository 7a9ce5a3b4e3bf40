import type { PeerResults, PerMove } from './peers/peer-results'

/** bench/results/gas.json. Figures are gas. */
export type GasResults = {
  /** A move in the wallet's own transaction, without any session. */
  direct: { eoa: number }
  playkey: {
    p256: PerMove
    secp256k1: PerMove
    /** OpenZeppelin's ERC-7579 account in place of Playkey's. */
    openzeppelinAccount: Partial<PerMove>
    tenMovesPerMove: number
    hundredByTenPerMove: number
    enableExtra: number
    deployInBundle: number
    revoke: number
    /** By the name of a rule. */
    rules: Record<string, number>
  }
  peers: PeerResults
  /** By the name of a package or tool. */
  versions: Record<string, string>
}

type Row = { name: string; policy: string; figures: (number | undefined)[] }

/** The results as README shows them: gas per move, what happens once, rules. */
export function renderGasTable(results: GasResults): string {
  const head = [
    ...['Gas per move', 'policy on chain'],
    ...['1 player', '10 players', '100 players'],
    ...['1 player × 10 moves', '100 players × 10 moves'],
  ]
  const rows = [...ownRows(results), ...peerRows(results.peers)]
  const cells = rows.map(({ name, policy, figures }) => [
    ...[name, policy],
    ...figures.map((figure) => renderFigure(figure, results.direct.eoa)),
  ])
  const versions = Object.entries(results.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
  return [
    renderTable(head, cells, 2),
    'In brackets: times the direct transaction.',
    renderTable(['Once per session or account', 'gas'], once(results), 1),
    renderTable(['Each further rule', 'gas more per call'], rules(results), 1),
    ...(versions ? [`Measured with ${versions}.`] : []),
  ].join('\n\n')
}

function ownRows({ direct, playkey }: GasResults): Row[] {
  const { p256, secp256k1, openzeppelinAccount } = playkey
  const { tenMovesPerMove, hundredByTenPerMove } = playkey
  const many = [tenMovesPerMove, hundredByTenPerMove]
  const policy = 'contract, function, time, number of calls'
  const none = [undefined, undefined, undefined, undefined]
  return [
    {
      name: "Direct, the wallet's own transaction",
      policy: 'none',
      figures: [direct.eoa, ...none],
    },
    {
      name: 'Playkey, P-256',
      policy,
      figures: [...byPlayers(p256), ...many],
    },
    {
      name: 'Playkey, secp256k1',
      policy,
      figures: [...byPlayers(secp256k1), undefined, undefined],
    },
    {
      name: "Playkey, P-256, OpenZeppelin's account",
      policy,
      figures: [...byPlayers(openzeppelinAccount), undefined, undefined],
    },
  ]
}

function peerRows(peers: PeerResults): Row[] {
  return Object.entries(peers).map(([name, result]) => ({
    name,
    policy: result.policy,
    figures: [...byPlayers(result.perMove), result.tenMovesPerMove, undefined],
  }))
}

function once({ playkey }: GasResults): string[][] {
  const figures = {
    'Enabling a session of three functions, in a bundle': playkey.enableExtra,
    'Deploying the account, in a bundle': playkey.deployInBundle,
    "Revoking by the owner's signature, a transaction": playkey.revoke,
  }
  return renderFigures(figures)
}

function rules({ playkey }: GasResults): string[][] {
  return renderFigures(playkey.rules)
}

function renderFigures(figures: Record<string, number>): string[][] {
  return Object.entries(figures).map(([name, gas]) => [name, renderNumber(gas)])
}

function byPlayers(perMove: Partial<PerMove>): (number | undefined)[] {
  return [perMove['1'], perMove['10'], perMove['100']]
}

function renderFigure(gas: number | undefined, direct: number): string {
  if (gas === undefined) return '–'
  return `${renderNumber(gas)} (${(gas / direct).toFixed(2)})`
}

function renderNumber(gas: number): string {
  return gas.toLocaleString('en-US')
}

/** A markdown table whose first `textColumns` are aligned left. */
function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns: number,
): string {
  const rule = head.map((_, index) => (index < textColumns ? '---' : '---:'))
  return [head, rule, ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

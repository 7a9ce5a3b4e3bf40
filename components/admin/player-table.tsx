import Link from 'next/link'
import type { PlayerRow } from '@/lib/session/admin-view'
import { Badge } from '../ui/badge'
import { Cell, DataTable } from '../ui/data-table'
import { Hex, shortHex } from '../ui/hex'
import { Identicon } from '../ui/identicon'
import { TimeAgo } from '../ui/time-ago'

const heads = ['Player', 'Wallet', 'Sessions', 'Calls', 'Last move', 'Since']

/** Players, one a row, each leading to the player's page. */
export function PlayerTable({ players }: { players: PlayerRow[] }) {
  return (
    <div className="surface overflow-hidden px-5 py-2 sm:px-6">
      <DataTable label="Players" heads={heads}>
        {players.map((player) => (
          <tr key={player.account} className="hover:bg-white/3">
            <Cell>
              <Link
                href={`/admin/players/${player.account}`}
                title={player.account}
                className="flex items-center gap-2.5 whitespace-nowrap font-mono text-[13px] underline decoration-white/25 underline-offset-4 hover:decoration-torch"
              >
                <Identicon address={player.account} />
                {shortHex(player.account)}
              </Link>
            </Cell>
            <Cell>
              {player.ownerAddress ? (
                <Hex value={player.ownerAddress} what="wallet address" />
              ) : (
                <span className="text-parchment-faint">unknown</span>
              )}
            </Cell>
            <Cell>
              <span className="flex items-center gap-2">
                {player.activeSessions > 0 && (
                  <Badge tone="moss" dot>
                    {player.activeSessions} live
                  </Badge>
                )}
                <span className="numeric whitespace-nowrap text-parchment-dim">
                  {player.totalSessions} in all
                </span>
              </span>
            </Cell>
            <Cell className="numeric">
              {player.calls.toLocaleString('en-US')}
            </Cell>
            <Cell className="text-parchment-dim">
              {player.lastActivityAt ? (
                <TimeAgo at={player.lastActivityAt} />
              ) : (
                'none yet'
              )}
            </Cell>
            <Cell className="text-parchment-dim">
              <TimeAgo at={player.createdAt} />
            </Cell>
          </tr>
        ))}
      </DataTable>
    </div>
  )
}

import type { VersionPlayerView } from '@/lib/policy/studio-view'
import { Cell, DataTable } from '../ui/data-table'
import { Hex } from '../ui/hex'
import { Identicon } from '../ui/identicon'
import { TimeAgo } from '../ui/time-ago'

const heads = ['Player', 'Version', 'Live sessions', 'Calls', 'Last move']

/** Who plays under which version. */
export function VersionPlayers({ players }: { players: VersionPlayerView[] }) {
  return (
    <section aria-label="Players by version" className="surface p-5 sm:p-6">
      <h3 className="font-semibold">Players by version</h3>
      {players.length === 0 ? (
        <p className="mt-1 text-parchment-dim text-sm">
          Nobody has granted a session yet.
        </p>
      ) : (
        <div className="mt-3">
          <DataTable label="Players by version" heads={heads}>
            {players.map((player) => (
              <tr key={`${player.policyId}${player.account}`}>
                <Cell>
                  <span className="flex items-center gap-2">
                    <Identicon address={player.account} />
                    <Hex value={player.account} what="account" />
                  </span>
                </Cell>
                <Cell className="numeric">{player.version}</Cell>
                <Cell className="numeric">{player.activeSessions}</Cell>
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
              </tr>
            ))}
          </DataTable>
        </div>
      )}
    </section>
  )
}

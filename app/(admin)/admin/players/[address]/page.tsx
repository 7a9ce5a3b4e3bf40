import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { getAddress, isAddress } from 'viem'
import { revokeSessionAsAdminAction } from '@/app/(admin)/admin/actions'
import { AdminSession } from '@/components/admin/admin-session'
import { AuditList } from '@/components/admin/audit-list'
import { IntentList } from '@/components/intent/intent-list'
import { Badge } from '@/components/ui/badge'
import { EmptyState } from '@/components/ui/empty-state'
import { Hex, shortHex } from '@/components/ui/hex'
import { PageFrame } from '@/components/ui/page-frame'
import { TimeAgo } from '@/components/ui/time-ago'
import { getPlayerView } from '@/lib/server/admin/get-player-view'
import { requireAdmin } from '@/lib/server/auth/actor'

export const metadata: Metadata = { title: 'Player' }

type PlayerPageProps = { params: Promise<{ address: string }> }

export default async function PlayerPage({ params }: PlayerPageProps) {
  const { address } = await params
  const actor = await requireAdmin(`/admin/players/${address}`)
  if (!isAddress(address, { strict: false })) notFound()
  const player = await getPlayerView(actor, getAddress(address))
  if (!player) notFound()

  return (
    <PageFrame
      title={`Player ${shortHex(player.account)}`}
      eyebrow={
        <Link href="/admin" className="hover:text-parchment">
          All players
        </Link>
      }
      lead={
        <span className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm">
          <span>
            Account <Hex value={player.account} what="account" />
          </span>
          {player.ownerAddress && (
            <span>
              Wallet <Hex value={player.ownerAddress} what="wallet address" />
            </span>
          )}
          <Badge tone={player.deployed ? 'moss' : 'neutral'}>
            {player.deployed ? 'Deployed' : 'Not deployed yet'}
          </Badge>
          <span className="text-parchment-faint">
            since <TimeAgo at={player.createdAt} />
          </span>
        </span>
      }
    >
      <section aria-labelledby="sessions-title" className="space-y-4">
        <h2 id="sessions-title" className="font-semibold text-lg">
          Sessions
        </h2>
        {player.sessions.length === 0 && (
          <EmptyState title="No sessions">
            This player has never granted one.
          </EmptyState>
        )}
        {player.sessions.map((session) => (
          <AdminSession
            key={session.id}
            session={session}
            revoke={revokeSessionAsAdminAction}
          />
        ))}
      </section>
      <div className="grid items-start gap-6 lg:grid-cols-[3fr_2fr]">
        <section aria-labelledby="moves-title" className="surface p-5 sm:p-6">
          <h2 id="moves-title" className="mb-2 font-semibold text-lg">
            Latest moves
          </h2>
          <IntentList intents={player.intents} />
        </section>
        <section aria-labelledby="audit-title" className="surface p-5 sm:p-6">
          <h2 id="audit-title" className="mb-4 font-semibold text-lg">
            Audit log
          </h2>
          {player.audit.length === 0 ? (
            <p className="text-parchment-faint text-sm">
              Staff have done nothing here.
            </p>
          ) : (
            <AuditList rows={player.audit} />
          )}
        </section>
      </div>
    </PageFrame>
  )
}

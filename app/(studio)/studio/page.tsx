import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound, redirect } from 'next/navigation'
import { PageFrame } from '@/components/ui/page-frame'
import { requireActor } from '@/lib/server/auth/actor'
import { listStudios } from '@/lib/server/studio/list-studios'

export const metadata: Metadata = { title: 'Studios' }

export default async function StudiosPage() {
  const actor = await requireActor('/studio')
  const studios = await listStudios(actor)
  const [only, second] = studios
  if (!only) notFound()
  if (!second) redirect(`/studio/${only.slug}`)

  return (
    <PageFrame title="Your studios" lead="Choose the studio to work for.">
      <ul className="grid gap-4 sm:grid-cols-2">
        {studios.map((studio) => (
          <li key={studio.slug}>
            <Link
              href={`/studio/${studio.slug}`}
              className="surface block p-6 transition-colors hover:border-torch/40"
            >
              <span className="font-semibold text-lg">{studio.name}</span>
              <span className="mt-1 block text-parchment-dim text-sm">
                {studio.games} {studio.games === 1 ? 'game' : 'games'}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </PageFrame>
  )
}

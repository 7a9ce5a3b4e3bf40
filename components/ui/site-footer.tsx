import Link from 'next/link'
import type { Actor } from '@/lib/auth/roles'
import { Logo } from './logo'
import type { NavItem } from './site-nav'

type Column = { title: string; links: NavItem[] }

/** Doors by persona; those that would not open for this person are left out. */
function columnsOf(actor: Actor | null): Column[] {
  const columns: Column[] = [
    {
      title: 'Players',
      links: [
        { href: '/play/delve', label: 'Play Delve' },
        { href: '/sessions', label: 'Your sessions' },
      ],
    },
  ]
  if (!actor || actor.studios.length > 0) {
    columns.push({
      title: 'Game studios',
      links: [{ href: '/studio', label: 'Studio console' }],
    })
  }
  if (!actor || actor.isAdmin) {
    columns.push({
      title: 'Operators',
      links: [
        { href: '/admin', label: 'Players' },
        { href: '/admin/audit', label: 'Audit log' },
      ],
    })
  }
  return columns
}

export function SiteFooter({ actor }: { actor: Actor | null }) {
  return (
    <footer className="hairline mt-auto border-t">
      <div className="mx-auto flex max-w-7xl flex-wrap justify-between gap-10 px-4 py-10 sm:px-6">
        <div className="max-w-xs">
          <Logo />
          <p className="mt-3 text-parchment-faint text-sm leading-relaxed">
            On-chain games without pop-ups, with limits the chain itself keeps.
          </p>
        </div>
        <div className="flex flex-wrap gap-x-14 gap-y-8">
          {columnsOf(actor).map((column) => (
            <nav key={column.title} aria-label={column.title}>
              <h2 className="font-medium text-[13px] text-parchment-faint">
                {column.title}
              </h2>
              <ul className="mt-3 space-y-2 text-sm">
                {column.links.map((link) => (
                  <li key={link.href}>
                    <Link
                      href={link.href}
                      className="text-parchment-dim hover:text-torch-bright"
                    >
                      {link.label}
                    </Link>
                  </li>
                ))}
              </ul>
            </nav>
          ))}
        </div>
      </div>
    </footer>
  )
}

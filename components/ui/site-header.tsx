import Link from 'next/link'
import type { Actor } from '@/lib/auth/roles'
import { AccountMenu } from './account-menu'
import { ButtonLink } from './button'
import { Logo } from './logo'
import { type NavItem, SiteNav } from './site-nav'

/** Sections that this person may open. */
function sectionsOf(actor: Actor | null): NavItem[] {
  const items = [{ href: '/play/delve', label: 'Play' }]
  if (actor) items.push({ href: '/sessions', label: 'Sessions' })
  if (actor?.studios.length) items.push({ href: '/studio', label: 'Studio' })
  if (actor?.isAdmin) items.push({ href: '/admin', label: 'Admin' })
  return items
}

type SiteHeaderProps = { actor: Actor | null }

export function SiteHeader({ actor }: SiteHeaderProps) {
  const items = sectionsOf(actor)
  return (
    <header className="hairline sticky top-0 z-30 border-b bg-basalt-950/85 backdrop-blur-md">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-10 focus:rounded-lg focus:bg-torch focus:px-3 focus:py-2 focus:text-basalt-950 focus:text-sm"
      >
        Skip to content
      </a>
      <div className="mx-auto flex h-14 max-w-7xl items-center gap-6 px-4 sm:px-6">
        <Link href="/" aria-label="Playkey home" className="rounded-md">
          <Logo />
        </Link>
        <SiteNav items={items} className="max-sm:hidden" />
        <div className="ml-auto">
          {actor ? (
            <AccountMenu address={actor.address} items={items} />
          ) : (
            <div className="flex items-center gap-1">
              <ButtonLink
                href="/play/delve"
                variant="ghost"
                size="sm"
                className="sm:hidden"
              >
                Play
              </ButtonLink>
              <ButtonLink href="/login" size="sm">
                Log in
              </ButtonLink>
            </div>
          )}
        </div>
      </div>
    </header>
  )
}

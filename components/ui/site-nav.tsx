'use client'

import { clsx } from 'clsx'
import Link from 'next/link'
import { usePathname } from 'next/navigation'

export type NavItem = { href: string; label: string }

type SiteNavProps = { items: NavItem[]; className?: string }

/** Main navigation; marks the section the page belongs to. */
export function SiteNav({ items, className }: SiteNavProps) {
  const path = usePathname()
  return (
    <nav aria-label="Main" className={className}>
      <ul className="flex items-center gap-0.5 sm:gap-1">
        {items.map((item) => {
          const current = path === item.href || path.startsWith(`${item.href}/`)
          return (
            <li key={item.href}>
              <Link
                href={item.href}
                aria-current={current ? 'page' : undefined}
                className={clsx(
                  'relative flex h-9 items-center rounded-lg px-3 text-sm transition-colors',
                  current
                    ? 'text-parchment after:absolute after:inset-x-3 after:-bottom-[11px] after:h-0.5 after:bg-torch'
                    : 'text-parchment-dim hover:bg-white/5 hover:text-parchment',
                )}
              >
                {item.label}
              </Link>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}

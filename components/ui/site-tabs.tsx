import { clsx } from 'clsx'
import Link from 'next/link'

type SiteTabsProps = {
  label: string
  tabs: { href: string; label: string; current: boolean }[]
}

/** Links between sibling pages. */
export function SiteTabs({ label, tabs }: SiteTabsProps) {
  return (
    <nav aria-label={label}>
      <ul className="flex gap-1 rounded-xl border border-white/8 bg-basalt-900 p-1">
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link
              href={tab.href}
              aria-current={tab.current ? 'page' : undefined}
              className={clsx(
                'flex h-8 items-center rounded-lg px-3.5 text-sm transition-colors',
                tab.current
                  ? 'bg-basalt-700 text-parchment'
                  : 'text-parchment-dim hover:text-parchment',
              )}
            >
              {tab.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

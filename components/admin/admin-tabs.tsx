import { SiteTabs } from '../ui/site-tabs'

/** Sections of the admin's console. */
export function AdminTabs({ current }: { current: 'players' | 'audit' }) {
  return (
    <SiteTabs
      label="Admin sections"
      tabs={[
        { href: '/admin', label: 'Players', current: current === 'players' },
        {
          href: '/admin/audit',
          label: 'Audit log',
          current: current === 'audit',
        },
      ]}
    />
  )
}

import { clsx } from 'clsx'
import type { ComponentProps, ReactNode } from 'react'

type DataTableProps = {
  label: string
  heads: string[]
  /** Name of a last column that only holds buttons. */
  controls?: string
  children: ReactNode
}

/** Table inside a padded surface; scrolls sideways on narrow screens. */
export function DataTable(props: DataTableProps) {
  const { label, heads, controls, children } = props
  return (
    // A scrollable region must be reachable by keyboard.
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      className="relative -mx-5 overflow-x-auto sm:-mx-6"
    >
      <table aria-label={label} className="w-full min-w-2xl text-left text-sm">
        <thead>
          <tr className="hairline border-b text-[13px] text-parchment-faint">
            {heads.map((head) => (
              <th
                key={head}
                scope="col"
                className="px-3 py-2 font-medium first:pl-5 sm:first:pl-6"
              >
                {head}
              </th>
            ))}
            {controls && (
              <th scope="col" className="w-24">
                <span className="sr-only">{controls}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody className="divide-y divide-white/6">{children}</tbody>
      </table>
    </section>
  )
}

/** Cell with the table's spacing. */
export function Cell({ className, ...rest }: ComponentProps<'td'>) {
  return (
    <td
      {...rest}
      className={clsx(
        'px-3 py-3 first:pl-5 last:pr-5 sm:last:pr-6 sm:first:pl-6',
        className,
      )}
    />
  )
}

import type { PermissionView } from '@/lib/session/session-view'
import { formatEther } from '../ui/format-ether'
import { Hex } from '../ui/hex'

/** Every permission with the contract and function behind it. */
export function SessionPermissions(props: { permissions: PermissionView[] }) {
  return (
    <ul className="space-y-3">
      {props.permissions.map(({ name, description, permission }) => (
        <li
          key={`${permission.to}${permission.signature}`}
          className="hairline rounded-lg border px-3 py-2.5 text-sm"
        >
          <p>
            <span className="font-medium">{name}</span>{' '}
            <span className="text-parchment-dim">{description}</span>
          </p>
          <p className="mt-1 flex flex-wrap items-center gap-x-2 text-[13px] text-parchment-faint">
            <code className="font-mono text-parchment-dim">
              {permission.signature}
            </code>
            on <Hex value={permission.to} what="contract address" />
            {BigInt(permission.maxValuePerCall) > 0n && (
              <span>
                up to {formatEther(permission.maxValuePerCall)} per call
              </span>
            )}
          </p>
        </li>
      ))}
    </ul>
  )
}

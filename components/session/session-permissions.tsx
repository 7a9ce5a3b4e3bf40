import { describePermission } from '@/lib/permission/describe-permission'
import { describeSpendLimit } from '@/lib/permission/describe-spend-limit'
import { fromPermissionJson } from '@/lib/permission/permission-json'
import { fromSpendLimitJson } from '@/lib/permission/terms-json'
import type { PermissionView, SpendView } from '@/lib/session/session-view'
import { Hex } from '../ui/hex'

const item = 'hairline rounded-lg border px-3 py-2.5 text-sm'

type SessionPermissionsProps = {
  permissions: PermissionView[]
  spends: SpendView[]
}

/** Everything that was signed: each permission with its limits and rules, each spend limit with its token. */
export function SessionPermissions(props: SessionPermissionsProps) {
  return (
    <ul className="space-y-3">
      {props.permissions.map(({ name, description, permission }) => (
        <li key={`${permission.to}${permission.signature}`} className={item}>
          <p>
            <span className="font-medium">{name}</span>{' '}
            <span className="text-parchment-dim">{description}</span>
          </p>
          <p className="mt-1 text-parchment-dim leading-relaxed [overflow-wrap:anywhere]">
            {describePermission(fromPermissionJson(permission))}
          </p>
          <p className="mt-1 flex flex-wrap items-center gap-x-2 text-[13px] text-parchment-faint">
            <code className="font-mono text-parchment-dim [overflow-wrap:anywhere]">
              {permission.signature}
            </code>
            on <Hex value={permission.to} what="contract address" />
          </p>
        </li>
      ))}
      {props.spends.map(({ limit }) => (
        <li key={limit.token} className={item}>
          <p className="leading-relaxed">
            {describeSpendLimit(fromSpendLimitJson(limit))}
          </p>
          <p className="mt-1 text-[13px] text-parchment-faint">
            Token <Hex value={limit.token} what="token address" />
          </p>
        </li>
      ))}
    </ul>
  )
}

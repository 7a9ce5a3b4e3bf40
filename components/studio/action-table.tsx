import { Pencil, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { describeRule } from '@/lib/permission/describe-rule'
import { describePeriod } from '@/lib/permission/period'
import type { DraftActionView } from '@/lib/policy/studio-view'
import { IconButton } from '../ui/button'
import { Cell, DataTable } from '../ui/data-table'
import { formatEther } from '../ui/format-ether'
import { Hex } from '../ui/hex'

type ActionTableProps = {
  rows: DraftActionView[]
  disabled: boolean
  onEdit: (row: DraftActionView) => void
  onRemove: (row: DraftActionView) => void
}

const heads = ['Action', 'Function', 'Calls per session', 'ETH per session']

function Small({ children }: { children: ReactNode }) {
  return (
    <span className="block text-[13px] text-parchment-dim">{children}</span>
  )
}

/** Game actions of the draft with their limits and rules. */
export function ActionTable(props: ActionTableProps) {
  const { rows, disabled, onEdit, onRemove } = props
  return (
    <DataTable
      label="Game actions of the draft"
      heads={heads}
      controls="Edit or remove"
    >
      {rows.map((row) => (
        <ActionRow
          key={row.id}
          row={row}
          disabled={disabled}
          onEdit={onEdit}
          onRemove={onRemove}
        />
      ))}
    </DataTable>
  )
}

type ActionRowProps = Omit<ActionTableProps, 'rows'> & { row: DraftActionView }

function ActionRow({ row, disabled, onEdit, onRemove }: ActionRowProps) {
  const { permission } = row
  const { period, maxCallsPerPeriod, maxValuePerPeriod } = permission
  const every = describePeriod(period)
  return (
    <tr className="align-top">
      <Cell className="max-w-72">
        <span className="font-medium">{row.name}</span>
        <span className="block text-parchment-dim">{row.description}</span>
      </Cell>
      <Cell className="max-w-80">
        <code className="font-mono text-[13px]">{permission.signature}</code>
        <span className="block text-parchment-faint">
          <Hex value={permission.to} what="contract address" />
        </span>
        {permission.rules.map((rule) => (
          <Small key={rule}>only if {describeRule(rule)}</Small>
        ))}
      </Cell>
      <Cell className="numeric">
        {permission.maxCalls.toLocaleString('en-US')}
        {period > 0 && (
          <Small>
            {maxCallsPerPeriod.toLocaleString('en-US')} {every}
          </Small>
        )}
      </Cell>
      <Cell className="numeric">
        {formatEther(permission.maxValue)}
        {maxValuePerPeriod !== '0' && (
          <Small>
            {formatEther(maxValuePerPeriod)} {every}
          </Small>
        )}
      </Cell>
      <Cell className="whitespace-nowrap py-2 text-right">
        <IconButton label={`Edit ${row.name}`} onClick={() => onEdit(row)}>
          <Pencil className="size-4" />
        </IconButton>
        <IconButton
          label={`Remove ${row.name}`}
          onClick={() => onRemove(row)}
          disabled={disabled}
        >
          <Trash2 className="size-4" />
        </IconButton>
      </Cell>
    </tr>
  )
}

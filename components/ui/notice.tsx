import { clsx } from 'clsx'
import { CircleAlert, Info, OctagonX } from 'lucide-react'
import type { ReactNode } from 'react'
import type { SerializedError } from '@/lib/errors/action-result'

const tones = {
  info: { box: 'border-white/12 bg-white/4', icon: 'text-parchment-dim' },
  warn: { box: 'border-torch/30 bg-torch/8', icon: 'text-torch' },
  danger: { box: 'border-blood/35 bg-blood-deep/45', icon: 'text-blood' },
}

type NoticeProps = {
  tone?: keyof typeof tones
  title: string
  children?: ReactNode
  action?: ReactNode
  className?: string
}

/** A short message that explains a state and, where there is one, offers the way out. */
export function Notice({
  tone = 'info',
  title,
  children,
  action,
  className,
}: NoticeProps) {
  const Icon =
    tone === 'danger' ? OctagonX : tone === 'warn' ? CircleAlert : Info
  return (
    <div
      role={tone === 'info' ? 'status' : 'alert'}
      className={clsx(
        'flex animate-rise gap-3 rounded-xl border px-4 py-3 text-sm',
        tones[tone].box,
        className,
      )}
    >
      <Icon
        className={clsx('mt-0.5 size-4 shrink-0', tones[tone].icon)}
        aria-hidden="true"
      />
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-[min(100%,14rem)] flex-1 leading-relaxed">
          <p className="font-medium [overflow-wrap:anywhere]">{title}</p>
          {children && (
            <div className="text-parchment-dim [overflow-wrap:anywhere]">
              {children}
            </div>
          )}
        </div>
        {action}
      </div>
    </div>
  )
}

type ErrorNoticeProps = {
  error: SerializedError
  /** More about this very case, between what happened and what to do. */
  detail?: string | null
  action?: ReactNode
  className?: string
}

/** A typed error: what happened, and what to do next. */
export function ErrorNotice(props: ErrorNoticeProps) {
  const { error, detail, action, className } = props
  return (
    <Notice
      tone="danger"
      title={error.message}
      action={action}
      {...(className ? { className } : {})}
    >
      {detail && <p>{detail}</p>}
      {error.remedy}
    </Notice>
  )
}

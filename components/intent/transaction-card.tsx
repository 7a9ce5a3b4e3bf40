'use client'

import { CircleCheck, CircleX, Info } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatGwei } from 'viem'
import type {
  TransactionEventView,
  TransactionView,
} from '@/lib/intent/transaction-view'
import { Badge } from '../ui/badge'
import { formatTime } from '../ui/format-duration'
import { Hex } from '../ui/hex'
import { useRefreshWhile } from '../ui/use-refresh-while'

const statuses = {
  success: { tone: 'moss', label: 'Confirmed' },
  reverted: { tone: 'blood', label: 'Reverted' },
  pending: { tone: 'torch', label: 'Pending' },
} as const

const REFRESH_MS = 2_000

/** How sure its status is, in words. */
function standingOf({ status, isFinal }: TransactionView): string {
  if (status === 'pending') return 'in no block yet'
  return isFinal
    ? 'final: nothing can undo it'
    : 'in a block, and final when more blocks follow'
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-6 gap-y-0.5 py-3 sm:grid-cols-[9rem_1fr]">
      <dt className="text-parchment-faint text-sm">{name}</dt>
      <dd className="min-w-0 text-sm">{children}</dd>
    </div>
  )
}

/** The facts of a transaction. */
export function TransactionFacts(props: { transaction: TransactionView }) {
  const { transaction } = props
  const { isFinal } = transaction
  const status = statuses[transaction.status]
  useRefreshWhile(!isFinal, REFRESH_MS)
  return (
    <section aria-label="Transaction" className="surface px-5 py-2 sm:px-6">
      <dl className="divide-y divide-white/6">
        <Row name="Status">
          <Badge tone={status.tone} dot>
            {status.label}
          </Badge>
          <span className="ml-3 text-parchment-dim">
            {standingOf(transaction)}
          </span>
        </Row>
        <Row name="Hash">
          <Hex value={transaction.hash} what="transaction hash" full />
        </Row>
        {transaction.blockNumber !== null && (
          <Row name="Block">
            <span className="numeric">
              {transaction.blockNumber.toLocaleString('en-US')}
            </span>
            {transaction.timestamp !== null && (
              <span className="ml-2 text-parchment-dim">
                {formatTime(transaction.timestamp * 1_000)}
              </span>
            )}
          </Row>
        )}
        <Row name="From">
          <Hex value={transaction.from} what="sender" full />
        </Row>
        <Row name="To">
          {transaction.to ? (
            <>
              {transaction.toName && (
                <span className="mr-2 font-medium">{transaction.toName}</span>
              )}
              <Hex value={transaction.to} what="recipient" full />
            </>
          ) : (
            'creates a contract'
          )}
        </Row>
        {transaction.gasUsed !== null && (
          <Row name="Gas used">
            <span className="numeric">
              {Number(transaction.gasUsed).toLocaleString('en-US')}
            </span>
            {transaction.gasPriceWei !== null && (
              <span className="ml-2 text-parchment-dim">
                at {formatGwei(BigInt(transaction.gasPriceWei))} gwei
              </span>
            )}
          </Row>
        )}
      </dl>
    </section>
  )
}

function EventIcon({ isSuccess }: { isSuccess: boolean | null }) {
  const look = 'mt-0.5 size-4 shrink-0'
  if (isSuccess === null) {
    return (
      <Info className={`${look} text-parchment-faint`} aria-hidden="true" />
    )
  }
  return isSuccess ? (
    <CircleCheck className={`${look} text-moss`} aria-hidden="true" />
  ) : (
    <CircleX className={`${look} text-blood`} aria-hidden="true" />
  )
}

/** What the transaction did, in words, event by event. */
export function TransactionEvents(props: { events: TransactionEventView[] }) {
  if (props.events.length === 0) {
    return (
      <p className="text-parchment-dim text-sm">
        No Playkey events in this transaction.
      </p>
    )
  }
  return (
    <ol className="divide-y divide-white/6">
      {props.events.map((event) => (
        <li key={event.logIndex} className="flex gap-3 py-3 text-sm">
          <EventIcon isSuccess={event.isSuccess} />
          <div className="min-w-0 flex-1">
            <p className="leading-snug">{event.sentence}</p>
            <p className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-[13px] text-parchment-faint">
              <code className="font-mono">{event.name}</code>
              {event.sessionId && (
                <span>
                  session <Hex value={event.sessionId} what="session id" />
                </span>
              )}
              {event.account && (
                <span>
                  account <Hex value={event.account} what="account" />
                </span>
              )}
              {event.policyId && (
                <span>
                  policy <Hex value={event.policyId} what="policy id" />
                </span>
              )}
            </p>
          </div>
        </li>
      ))}
    </ol>
  )
}

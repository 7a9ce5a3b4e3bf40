import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { isHash } from 'viem'
import {
  TransactionEvents,
  TransactionFacts,
} from '@/components/intent/transaction-card'
import { shortHex } from '@/components/ui/hex'
import { PageFrame } from '@/components/ui/page-frame'
import { findTransactionView } from '@/lib/server/relay/get-transaction'

export const metadata: Metadata = { title: 'Transaction' }

type TransactionPageProps = { params: Promise<{ hash: string }> }

export default async function TransactionPage({
  params,
}: TransactionPageProps) {
  const { hash } = await params
  if (!isHash(hash)) notFound()
  const transaction = await findTransactionView(hash)
  if (!transaction) notFound()

  return (
    <PageFrame
      title={`Transaction ${shortHex(hash)}`}
      lead="What the chain recorded, and what it means for Playkey."
    >
      <TransactionFacts transaction={transaction} />
      <section aria-labelledby="events-title" className="surface p-5 sm:p-6">
        <h2 id="events-title" className="mb-1 font-semibold text-lg">
          What happened
        </h2>
        <TransactionEvents events={transaction.events} />
      </section>
    </PageFrame>
  )
}

import { PageSkeleton } from '@/components/ui/skeleton'

export default function TransactionLoading() {
  return <PageSkeleton label="Loading transaction" />
}

import { PageSkeleton } from '@/components/ui/skeleton'

export default function StudioLoading() {
  return <PageSkeleton label="Loading studio" />
}

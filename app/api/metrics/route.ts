import { answerMetrics } from '@/lib/server/http/answer-metrics'
import { handleRoute } from '@/lib/server/http/handle-route'

export const dynamic = 'force-dynamic'

/** This process's metrics in Prometheus' text format. */
export const GET = handleRoute(answerMetrics)

import { handleRoute } from '@/lib/server/http/handle-route'
import { readHealth } from '@/lib/server/http/read-health'

export const dynamic = 'force-dynamic'

export const GET = handleRoute(async () => {
  const health = await readHealth()
  return Response.json(health, {
    status: health.status === 'down' ? 503 : 200,
    headers: { 'cache-control': 'no-store' },
  })
})

import { handleRoute } from '@/lib/server/http/handle-route'
import { getPublicConfig } from '@/lib/server/http/public-config'

export const dynamic = 'force-dynamic'

export const GET = handleRoute(async () =>
  Response.json(await getPublicConfig(), {
    headers: { 'cache-control': 'no-store' },
  }),
)

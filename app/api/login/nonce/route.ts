import { issueLoginNonce } from '@/lib/server/auth/login-nonce'
import { getDatabase } from '@/lib/server/db/database'
import { handleRoute } from '@/lib/server/http/handle-route'
import { limitByAddress } from '@/lib/server/http/rate-limits'

export const dynamic = 'force-dynamic'

export const GET = handleRoute(async (request) => {
  limitByAddress(request, 'login')
  return Response.json(await issueLoginNonce(getDatabase()), {
    headers: { 'cache-control': 'no-store' },
  })
})

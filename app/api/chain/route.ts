import { errorTable } from '@/lib/errors/error-table'
import { jsonRpcFailure } from '@/lib/rpc/json-rpc'
import { proxyToChain } from '@/lib/server/http/chain-proxy'
import { limitByAddress } from '@/lib/server/http/rate-limits'
import { readBody } from '@/lib/server/http/read-body'
import { classifyError, errorHeaders } from '@/lib/server/http/render-error'

export const dynamic = 'force-dynamic'

const BODY_MAX_BYTES = 65_536

/** Read-only JSON-RPC of the chain. */
export async function POST(request: Request): Promise<Response> {
  try {
    limitByAddress(request, 'chain')
    return await proxyToChain(
      await readBody(request, BODY_MAX_BYTES),
      (requests) => limitByAddress(request, 'chain', requests - 1),
    )
  } catch (cause) {
    const error = classifyError(cause, 'chain')
    return Response.json(jsonRpcFailure(null, error), {
      status: errorTable[error.code].http,
      headers: errorHeaders(error),
    })
  }
}

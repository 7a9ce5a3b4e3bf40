import { errorTable } from '@/lib/errors/error-table'
import { jsonRpcFailure } from '@/lib/rpc/json-rpc'
import { proxyToChain } from '@/lib/server/http/chain-proxy'
import { limitByAddress } from '@/lib/server/http/rate-limits'
import { readBody } from '@/lib/server/http/read-body'
import { classifyError, errorHeaders } from '@/lib/server/http/render-error'
import { noteRequest } from '@/lib/server/observe/note-request'

export const dynamic = 'force-dynamic'

const BODY_MAX_BYTES = 65_536

/** Read-only JSON-RPC of the chain. */
export async function POST(request: Request): Promise<Response> {
  const startedMs = performance.now()
  try {
    limitByAddress(request, 'chain')
    const response = await proxyToChain(
      await readBody(request, BODY_MAX_BYTES),
      (requests) => limitByAddress(request, 'chain', requests - 1),
    )
    noteRequest('chain', null, performance.now() - startedMs)
    return response
  } catch (cause) {
    const error = classifyError(cause, 'chain')
    noteRequest('chain', error.code, performance.now() - startedMs)
    return Response.json(jsonRpcFailure(null, error), {
      status: errorTable[error.code].http,
      headers: errorHeaders(error),
    })
  }
}

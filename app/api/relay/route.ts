import { errorTable } from '@/lib/errors/error-table'
import { jsonRpcFailure } from '@/lib/rpc/json-rpc'
import { limitByAddress } from '@/lib/server/http/rate-limits'
import { readBody } from '@/lib/server/http/read-body'
import { classifyError, errorHeaders } from '@/lib/server/http/render-error'
import { dispatch } from '@/lib/server/http/rpc/dispatch'
import { noteRequest } from '@/lib/server/observe/note-request'

export const dynamic = 'force-dynamic'

/** Games of any origin may call: there are no cookies here, signatures decide. */
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '86400',
}

/** JSON-RPC 2.0, one request or an array. */
export async function POST(request: Request): Promise<Response> {
  const startedMs = performance.now()
  try {
    limitByAddress(request, 'relay')
    const charge = (more: number) => limitByAddress(request, 'relay', more)
    const answers = await dispatch(await readBody(request), charge)
    return Response.json(answers, { headers: cors })
  } catch (cause) {
    const error = classifyError(cause, 'relay')
    noteRequest('relay', error.code, performance.now() - startedMs)
    return Response.json(jsonRpcFailure(null, error), {
      status: errorTable[error.code].http,
      headers: { ...cors, ...errorHeaders(error) },
    })
  }
}

export function OPTIONS(): Response {
  return new Response(null, { status: 204, headers: cors })
}

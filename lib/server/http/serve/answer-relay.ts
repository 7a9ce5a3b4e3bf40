import { errorTable } from '@/lib/errors/error-table'
import { jsonRpcFailure } from '@/lib/rpc/json-rpc'
import { noteRequest } from '../../observe/note-request'
import { limitByAddress } from '../rate-limits'
import { classifyError, errorHeaders } from '../render-error'
import { dispatch } from '../rpc/dispatch'
import type { Charge } from '../rpc/method-context'
import { type Answerer, answerEmpty, answerJson } from './answer'
import { callerOf } from './caller'
import { readIncoming } from './read-incoming'

/** Games of any origin may call: there are no cookies here, signatures decide. */
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '86400',
}

/** `/api/relay`: JSON-RPC 2.0, one request or an array. */
export const answerRelay: Answerer = async (request, response) => {
  if (request.method === 'OPTIONS') return answerEmpty(response, 204, cors)
  if (request.method !== 'POST')
    return answerEmpty(response, 405, { allow: 'POST, OPTIONS' })
  const startedMs = performance.now()
  try {
    const caller = callerOf(request)
    limitByAddress(caller, 'relay')
    const charge: Charge = (times, kind) => limitByAddress(caller, kind, times)
    const answers = await dispatch(await readIncoming(request), charge)
    answerJson(response, 200, answers, cors)
  } catch (cause) {
    const error = classifyError(cause, 'relay')
    noteRequest('relay', error.code, performance.now() - startedMs)
    answerJson(
      response,
      errorTable[error.code].http,
      jsonRpcFailure(null, error),
      {
        ...cors,
        ...errorHeaders(error),
      },
    )
  }
}

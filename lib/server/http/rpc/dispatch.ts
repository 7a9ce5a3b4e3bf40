import type { z } from 'zod'
import { PlaykeyError } from '@/lib/errors/base-error'
import {
  type JsonRpcRequest,
  type JsonRpcResponse,
  jsonRpcFailure,
  jsonRpcRequestSchema,
  jsonRpcSuccess,
  MAX_BATCH,
  parseParams,
} from '@/lib/rpc/json-rpc'
import {
  isMethodName,
  type MethodName,
  type MethodResults,
  methodParams,
} from '@/lib/rpc/methods'
import { noteRequest } from '../../observe/note-request'
import { traced } from '../../observe/tracing'
import { startPatience } from '../../relay/admission/patience'
import { classifyError } from '../render-error'
import { getCallsStatus } from './get-calls-status'
import { getCapabilities } from './get-capabilities'
import { getNextSequence } from './get-next-sequence'
import { getSession, getSessions } from './get-sessions'
import { grant } from './grant'
import type { Charge, MethodContext } from './method-context'
import { prepareCalls } from './prepare-calls'
import { prepareGrant, prepareRenewal } from './prepare-grant'
import { revoke } from './revoke'
import { sendPreparedCalls } from './send-prepared-calls'

type Methods = {
  [Name in MethodName]: (
    params: z.output<(typeof methodParams)[Name]>,
    context: MethodContext,
  ) => Promise<MethodResults[Name]>
}

const methods: Methods = {
  wallet_getCapabilities: getCapabilities,
  wallet_prepareCalls: prepareCalls,
  wallet_sendPreparedCalls: sendPreparedCalls,
  wallet_getCallsStatus: getCallsStatus,
  playkey_prepareGrant: prepareGrant,
  playkey_prepareRenewal: prepareRenewal,
  playkey_grant: grant,
  playkey_revoke: revoke,
  playkey_getSessions: getSessions,
  playkey_getSession: getSession,
  playkey_getNextSequence: getNextSequence,
}

/**
 * Answers a JSON-RPC 2.0 body: one request, or an array of at most 50, done in order.
 * @param charge Told how many requests there are, before any is done, and of each session handed in; may refuse by throwing.
 * @throws PlaykeyError `parse_error`, `invalid_request`, `payload_too_large` when there is no request to answer
 */
export async function dispatch(
  body: string,
  charge: Charge = () => undefined,
): Promise<JsonRpcResponse | JsonRpcResponse[]> {
  const json = parseJson(body)
  const context = { charge, patience: startPatience() }
  if (!Array.isArray(json)) return answer(json, context)
  if (json.length === 0) throw new PlaykeyError('invalid_request')
  if (json.length > MAX_BATCH)
    throw new PlaykeyError('payload_too_large', {
      details: { maxRequests: MAX_BATCH },
    })
  // The first was counted at the door.
  charge(json.length - 1, 'relay')
  const answers: JsonRpcResponse[] = []
  for (const step of toSteps(json))
    answers.push(
      ...(await Promise.all(step.map((each) => answer(each, context)))),
    )
  return answers
}

/** Intents that follow each other are taken over together, in their order; everything else is done alone. */
function toSteps(requests: readonly unknown[]): unknown[][] {
  const steps: unknown[][] = []
  for (const request of requests) {
    const last = steps.at(-1)
    if (last && isIntent(last[0]) && isIntent(request)) last.push(request)
    else steps.push([request])
  }
  return steps
}

function isIntent(request: unknown): boolean {
  const { method } = (request ?? {}) as { method?: unknown }
  return method === ('wallet_sendPreparedCalls' satisfies MethodName)
}

async function answer(
  json: unknown,
  context: MethodContext,
): Promise<JsonRpcResponse> {
  const parsed = jsonRpcRequestSchema.safeParse(json)
  if (!parsed.success)
    return jsonRpcFailure(null, new PlaykeyError('invalid_request'))
  const { id, method } = parsed.data
  const startedMs = performance.now()
  try {
    const result = await run(parsed.data, context)
    noteRequest(method, null, performance.now() - startedMs)
    return jsonRpcSuccess(id, result)
  } catch (cause) {
    // Behind a refusal, waiting for the intent before would be waiting for nothing.
    context.patience.untilMs = 0
    const error = classifyError(cause, method)
    noteRequest(method, error.code, performance.now() - startedMs)
    return jsonRpcFailure(id, error)
  }
}

async function run(
  { method, params }: JsonRpcRequest,
  context: MethodContext,
): Promise<unknown> {
  if (!isMethodName(method)) throw new PlaykeyError('method_not_found')
  const checked = parseParams(methodParams[method], params ?? [])
  return traced<unknown>(method, () =>
    methods[method](checked as never, context),
  )
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new PlaykeyError('parse_error')
  }
}

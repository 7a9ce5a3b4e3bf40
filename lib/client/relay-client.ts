import 'client-only'
import { type Hex, numberToHex } from 'viem'
import {
  deserializeError,
  type SerializedError,
} from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import { errorTable } from '@/lib/errors/error-table'
import type { SignedIntent } from '@/lib/intent/intent'
import { toCallJson } from '@/lib/intent/intent-schema'
import type { SendPreparedCallsParams } from '@/lib/rpc/calls-methods'
import type { JsonRpcResponse } from '@/lib/rpc/json-rpc'
import type { MethodName, MethodResults } from '@/lib/rpc/methods'
import type {
  IntentReport,
  QueueTransport,
  SendResult,
} from './queue-transport'
import type { ServerClock } from './server-clock'

type RpcRequest = { method: MethodName; params: readonly unknown[] }

const TIMEOUT_MS = 15_000

/** An intent as `wallet_sendPreparedCalls` wants it. */
export function toSendParams(
  { intent, signature }: SignedIntent,
  chainId: number,
): SendPreparedCallsParams {
  const { account, calls, ...terms } = intent
  return [
    {
      chainId: numberToHex(chainId),
      context: {
        ...terms,
        account: { address: account },
        calls: calls.map(toCallJson),
      },
      signature,
    },
  ]
}

function errorOfHttp(status: number): PlaykeyError {
  if (status === 429) return new PlaykeyError('rate_limited')
  if (status === 413) return new PlaykeyError('payload_too_large')
  return new PlaykeyError('temporarily_unavailable', { details: { status } })
}

function toError(response: JsonRpcResponse): SerializedError | null {
  if (!('error' in response)) return null
  const { data, message } = response.error
  if (data && Object.hasOwn(errorTable, data.code)) return data
  const { remedy } = errorTable.internal
  return { code: 'internal', message, remedy }
}

/** Speaks JSON-RPC with `/api/relay`. Never holds a key. */
export class RelayClient implements QueueTransport {
  readonly #url: string
  readonly #chainId: number
  readonly #clock: ServerClock | null
  #nextId = 1

  constructor(options: { url: string; chainId: number; clock?: ServerClock }) {
    this.#url = options.url
    this.#chainId = options.chainId
    this.#clock = options.clock ?? null
  }

  /** Calls one method. @throws PlaykeyError the relay's refusal, or `connection_lost`. */
  async call<M extends MethodName>(
    method: M,
    params: readonly unknown[],
  ): Promise<MethodResults[M]> {
    const [response] = await this.#post([{ method, params }])
    if (!response) throw new PlaykeyError('temporarily_unavailable')
    const error = toError(response)
    if (error) throw deserializeError(error)
    return (response as { result: MethodResults[M] }).result
  }

  async sendIntents(intents: readonly SignedIntent[]): Promise<SendResult[]> {
    const responses = await this.#post(
      intents.map((signed) => ({
        method: 'wallet_sendPreparedCalls',
        params: toSendParams(signed, this.#chainId),
      })),
    )
    return responses.map((response): SendResult => {
      const error = toError(response)
      if (error) return { ok: false, error }
      const { result } = response as {
        result: MethodResults['wallet_sendPreparedCalls']
      }
      return { ok: true, id: result[0].id }
    })
  }

  async getNextSequence(sessionId: Hex, lane: number): Promise<number> {
    const answer = await this.call('playkey_getNextSequence', [
      { sessionId, lane },
    ])
    this.#clock?.sync(answer.serverTimeMs)
    return answer.sequence
  }

  async getReports(ids: readonly Hex[]): Promise<IntentReport[]> {
    const responses = await this.#post(
      ids.map((id) => ({ method: 'wallet_getCallsStatus', params: [id] })),
    )
    return responses.flatMap((response) => {
      if (!('result' in response)) return []
      const { id, capabilities } =
        response.result as MethodResults['wallet_getCallsStatus']
      const { stage, ...playkey } = capabilities.playkey
      const { status, reason, txHash, blockNumber } = playkey
      const isFinal = stage === 'final'
      return [{ id, status, reason, txHash, blockNumber, isFinal }]
    })
  }

  /** @returns answers in the order of `requests`. */
  async #post(requests: readonly RpcRequest[]): Promise<JsonRpcResponse[]> {
    const first = this.#nextId
    this.#nextId += requests.length
    const batch = requests.map((request, index) => ({
      jsonrpc: '2.0',
      id: first + index,
      ...request,
    }))
    const body = await this.#fetchJson(batch.length === 1 ? batch[0] : batch)
    const responses = (Array.isArray(body) ? body : [body]) as JsonRpcResponse[]
    const byId = new Map(responses.map((response) => [response.id, response]))
    const lost = responses.find((response) => response.id === null)
    return batch.flatMap(({ id }) => byId.get(id) ?? lost ?? [])
  }

  async #fetchJson(body: unknown): Promise<unknown> {
    let response: Response
    try {
      response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        cache: 'no-store',
      })
    } catch (cause) {
      throw new PlaykeyError('connection_lost', { cause })
    }
    // Refusals come as JSON-RPC errors, whatever the status.
    const text = await response.text().catch(() => '')
    try {
      return JSON.parse(text)
    } catch (cause) {
      if (!response.ok) throw errorOfHttp(response.status)
      throw new PlaykeyError('temporarily_unavailable', { cause })
    }
  }
}

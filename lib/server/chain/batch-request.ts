import type { ChainClient } from './chain-client'

/** One JSON-RPC call. */
export type RpcCall = { method: string; params: readonly unknown[] }

/** What the node answered to one call of a batch. */
export type RpcAnswer =
  | { ok: true; result: unknown }
  | { ok: false; error: string }

type RawAnswer = { id?: number; result?: unknown; error?: { message?: string } }

/** Calls of one HTTP request; more are sent one request after the other. */
const BATCH_MAX = 100
const TIMEOUT_MS = 10_000
const noAnswer: RpcAnswer = { ok: false, error: 'the node did not answer' }

/** Nodes known to refuse batches. */
const withoutBatches = new WeakSet<ChainClient>()

/**
 * Asks the node several things with one request, where it takes batches; else one by one.
 * @returns an answer per call, in the same order
 * @throws when the node cannot be reached
 */
export async function requestBatch(
  client: ChainClient,
  calls: readonly RpcCall[],
): Promise<RpcAnswer[]> {
  const answers: RpcAnswer[] = []
  for (let from = 0; from < calls.length; from += BATCH_MAX)
    answers.push(
      ...(await requestSome(client, calls.slice(from, from + BATCH_MAX))),
    )
  return answers
}

async function requestSome(
  client: ChainClient,
  calls: readonly RpcCall[],
): Promise<RpcAnswer[]> {
  if (calls.length === 1 || withoutBatches.has(client))
    return requestEach(client, calls)
  const response = await fetch(client.transport.url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call })),
    ),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw new Error(`the node answers ${response.status}`)
  if (Array.isArray(body)) return inOrder(calls, body as RawAnswer[])
  withoutBatches.add(client)
  return requestEach(client, calls)
}

function inOrder(
  calls: readonly RpcCall[],
  body: readonly RawAnswer[],
): RpcAnswer[] {
  const byId = new Map(body.map((answer) => [answer.id, answer]))
  return calls.map((_, id) => {
    const answer = byId.get(id)
    if (!answer) return noAnswer
    return answer.error || answer.result === undefined
      ? { ok: false, error: answer.error?.message ?? 'no result' }
      : { ok: true, result: answer.result }
  })
}

function requestEach(
  client: ChainClient,
  calls: readonly RpcCall[],
): Promise<RpcAnswer[]> {
  return Promise.all(
    calls.map((call) =>
      client.request(call as never).then(
        (result): RpcAnswer => ({ ok: true, result }),
        (error: Error): RpcAnswer => ({ ok: false, error: error.message }),
      ),
    ),
  )
}

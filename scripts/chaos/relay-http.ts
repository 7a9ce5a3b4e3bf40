import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { inParallel } from './in-parallel'
import type { Journal } from './journal'
import type { Machine } from './machine'
import { pick } from './random'

export type RpcCall = { method: string; params: readonly unknown[] }
export type RpcAnswer =
  | { ok: true; result: unknown }
  | { ok: false; code: string; message: string; details: unknown }

const TIMEOUT_MS = 5_000
const RETRY_MS = 100
/** A player who gets no answer for so long gives up, and the run fails. */
const PATIENCE_MS = 90_000

/** Refusals after which the very same bytes are sent again, as the browser does. */
const retryable = new Set(['temporarily_unavailable', 'rate_limited'])

/** The web processes, as a browser behind a load balancer sees them: one of them answers, or none does. */
export class RelayHttp {
  readonly #webs: readonly Machine[]
  readonly #journal: Journal
  readonly #random: () => number
  readonly #stop: AbortSignal

  /** @param stop nobody asks (again) after it */
  constructor(
    webs: readonly Machine[],
    journal: Journal,
    random: () => number,
    stop: AbortSignal,
  ) {
    this.#webs = webs
    this.#journal = journal
    this.#random = random
    this.#stop = stop
  }

  /** Where to ask next. */
  get url(): string {
    return pick(this.#random, this.#webs).url
  }

  /** One request without a second try. @throws when no JSON-RPC answer comes */
  async once(
    calls: readonly RpcCall[],
    from: string,
    url = this.url,
  ): Promise<RpcAnswer[]> {
    const batch = calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))
    const response = await fetch(`${url}/api/relay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
      body: JSON.stringify(batch.length === 1 ? batch[0] : batch),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const json = (await response.json()) as RawAnswer | RawAnswer[]
    const answers = Array.isArray(json) ? json : [json]
    return calls.map((_, id) =>
      toAnswer(answers.find((each) => each.id === id) ?? answers[0]),
    )
  }

  /** Asks until each call has an answer that is not "again, please". @throws when nobody answers for long, or all is stopped */
  async ask(calls: readonly RpcCall[], from: string): Promise<RpcAnswer[]> {
    const deadline = Date.now() + PATIENCE_MS
    const answers: (RpcAnswer | undefined)[] = calls.map(() => undefined)
    for (;;) {
      this.#stop.throwIfAborted()
      const open = [...calls.keys()].filter((at) => !answers[at])
      if (open.length === 0) return answers as RpcAnswer[]
      if (Date.now() > deadline)
        throw new Error(`no answer to ${calls[0]?.method} in ${PATIENCE_MS} ms`)
      const fresh = await this.#try(
        open.map((at) => calls[at] as RpcCall),
        from,
      )
      for (const [index, answer] of fresh.entries()) {
        if (answer.ok || !retryable.has(answer.code))
          answers[open[index] as number] = answer
        else this.#journal.trouble(answer.code)
      }
      if (answers.some((answer) => !answer)) await sleep(RETRY_MS)
    }
  }

  /** Asks for one thing. @throws Error with the refusal's code as message */
  async call<Result>(
    method: string,
    params: readonly unknown[],
    from: string,
  ): Promise<Result> {
    const [answer] = await this.ask([{ method, params }], from)
    if (answer?.ok) return answer.result as Result
    throw new Error(`${method}: ${answer?.code} ${answer?.message}`)
  }

  async #try(calls: RpcCall[], from: string): Promise<RpcAnswer[]> {
    try {
      return await this.once(calls, from)
    } catch {
      this.#journal.trouble('unreachable')
      return []
    }
  }
}

type RawAnswer = {
  id: unknown
  result?: unknown
  error?: {
    message: string
    data?: { code?: string; details?: unknown }
  }
}

function toAnswer(raw: RawAnswer | undefined): RpcAnswer {
  if (raw?.error)
    return {
      ok: false,
      code: raw.error.data?.code ?? 'unknown',
      message: raw.error.message,
      details: raw.error.data?.details,
    }
  return { ok: true, result: raw?.result }
}

/** Calls whose statuses are asked for in one request. */
const STATUS_BATCH = 50

/** Asks for the status of many intents and notes the answers. */
export async function readStatuses(
  http: RelayHttp,
  journal: Journal,
  ids: readonly Hex[],
): Promise<void> {
  const count = Math.ceil(ids.length / STATUS_BATCH)
  const parts = Array.from({ length: count }, (_, at) =>
    ids.slice(at * STATUS_BATCH, (at + 1) * STATUS_BATCH),
  )
  await inParallel(parts, async (part) => {
    const calls = part.map((id) => ({
      ...{ method: 'wallet_getCallsStatus', params: [id] },
    }))
    const answers = await http.ask(calls, 'status')
    for (const [index, answer] of answers.entries()) {
      const id = part[index] as Hex
      if (answer.ok) journal.note(id, playkeyOf(answer.result), false)
      else journal.note(id, { status: `unknown: ${answer.code}` }, false)
    }
  })
}

function playkeyOf(result: unknown): { status: string; reason: string | null } {
  return (
    result as {
      capabilities: { playkey: { status: string; reason: string | null } }
    }
  ).capabilities.playkey
}

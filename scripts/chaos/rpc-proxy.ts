import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { listenOnFreePort } from './postgres-proxy'
import { TrapHolder } from './trap'

/** A JSON-RPC request on its way to the node. */
export type RpcRequest = { method: string; params: unknown[] }

/** What a bad network or a bad node makes of a request. */
export type RpcFault =
  | { kind: 'delay'; ms: number }
  | { kind: 'reset' }
  | { kind: 'cut-after' }
  | { kind: 'twice' }
  | { kind: 'stale' }
  | { kind: 'http'; status: number; body: string }

/** Decides about each request; null lets it pass. */
export type FaultPlan = (request: RpcRequest) => RpcFault | null

/** Stands between one process and the node. */
export type RpcProxy = {
  url: string
  traps: TrapHolder<RpcRequest>
  /** What goes wrong from now on; null = nothing. */
  plan(faults: FaultPlan | null): void
  /** Faults of each kind so far. */
  counts: Record<string, number>
  close(): Promise<void>
}

export async function startRpcProxy(upstreamUrl: string): Promise<RpcProxy> {
  const traps = new TrapHolder<RpcRequest>()
  const counts: Record<string, number> = {}
  const memory = createMemory()
  let plan: FaultPlan | null = null

  const forward = async (body: string) => {
    const response = await fetch(upstreamUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    return response.text()
  }

  const handle = async (
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ) => {
    const body = await readAll(incoming)
    const request = toRequest(body)
    const trap = traps.find(request)
    if (trap?.moment === 'before' && traps.spring(trap)) return
    const fault = plan?.(request) ?? null
    if (fault) counts[fault.kind] = (counts[fault.kind] ?? 0) + 1
    if (fault?.kind === 'reset') return void incoming.socket.destroy()
    if (fault?.kind === 'http') {
      outgoing.writeHead(fault.status, { 'content-type': 'text/html' })
      return void outgoing.end(fault.body)
    }
    if (fault?.kind === 'delay')
      await new Promise((resolve) => setTimeout(resolve, fault.ms))
    if (fault?.kind === 'twice') await forward(body)
    const answer = forward(body)
    if (trap?.moment === 'during' && traps.spring(trap)) {
      await answer
      return
    }
    const text = await answer
    const old = memory.remember(request, text)
    if (trap?.moment === 'after' && traps.spring(trap)) return
    if (fault?.kind === 'cut-after') return void incoming.socket.destroy()
    outgoing.writeHead(200, { 'content-type': 'application/json' })
    outgoing.end(
      fault?.kind === 'stale' ? toStale(body, text, request, old) : text,
    )
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  // A kept-alive connection must not end in the moment it is used again.
  server.keepAliveTimeout = 120_000
  const port = await listenOnFreePort(server)
  return {
    url: `http://127.0.0.1:${port}`,
    traps,
    plan: (faults) => {
      plan = faults
    },
    counts,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function readAll(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** The first request stands for an array: nobody here sends different ones together. */
function toRequest(body: string): RpcRequest {
  const json = JSON.parse(body) as RpcRequest | RpcRequest[]
  const { method, params = [] } = Array.isArray(json)
    ? (json[0] ?? { method: '', params: [] })
    : json
  return { method, params }
}

const CHANGING =
  /^eth_(blockNumber|getBlockByNumber|getTransactionCount|getLogs)$/
/** A node lags behind by at least so much. */
const LAG_MS = 1_000

/** Keeps an earlier answer to each question whose answer changes. */
function createMemory() {
  const known = new Map<string, { text: string; atMs: number }>()
  return {
    /** @returns what was answered earlier, if anything. */
    remember({ method, params }: RpcRequest, text: string): string | undefined {
      if (!CHANGING.test(method)) return undefined
      const key = `${method}:${JSON.stringify(params)}`
      const old = known.get(key)
      if (!old || Date.now() - old.atMs > 2 * LAG_MS)
        known.set(key, { text, atMs: Date.now() })
      return old?.text
    },
  }
}

/** What a node behind the others says: an earlier answer to the same question, and no receipt. */
function toStale(
  body: string,
  text: string,
  { method }: RpcRequest,
  old: string | undefined,
): string {
  const { id } = JSON.parse(body) as { id: unknown }
  if (method === 'eth_getTransactionReceipt')
    return JSON.stringify({ jsonrpc: '2.0', id, result: null })
  return old ? JSON.stringify({ ...(JSON.parse(old) as object), id }) : text
}

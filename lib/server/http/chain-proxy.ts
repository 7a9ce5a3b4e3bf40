import { z } from 'zod'
import { getServerEnv } from '@/lib/config/env'
import { PlaykeyError } from '@/lib/errors/base-error'
import { jsonRpcFailure, parseParams } from '@/lib/rpc/json-rpc'
import { getDatabase } from '../db/database'

const REQUESTS_MAX = 20
const ANSWER_MAX_BYTES = 2_097_152
const TIMEOUT_MS = 10_000
const LOG_BLOCKS_MAX = 1_000n

/** Reading methods, and how many params each may have: state overrides and the like are left out. */
const allowed: Record<string, number> = {
  eth_chainId: 0,
  eth_blockNumber: 0,
  eth_call: 2,
  eth_getBalance: 2,
  eth_getCode: 2,
  eth_getLogs: 1,
  eth_getTransactionReceipt: 1,
  eth_getTransactionByHash: 1,
  eth_getBlockByNumber: 2,
  eth_getTransactionCount: 2,
  eth_estimateGas: 2,
  eth_gasPrice: 0,
  eth_feeHistory: 3,
  eth_maxPriorityFeePerGas: 0,
}

const requestSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string().max(64), z.int()]),
  method: z.string().max(64),
  params: z.array(z.unknown()).max(4).optional(),
})

const logFilterSchema = z.tuple([
  z.strictObject({
    address: z.string().length(42),
    fromBlock: z.string().regex(/^0x[0-9a-f]{1,16}$/i),
    toBlock: z
      .union([z.literal('latest'), z.string().regex(/^0x[0-9a-f]{1,16}$/i)])
      .optional(),
    topics: z.array(z.unknown()).max(4).optional(),
  }),
])

type ProxyRequest = z.infer<typeof requestSchema>

/**
 * Passes reading JSON-RPC requests on to the chain, so that browsers need no endpoint of their own.
 * @param charge Told how many requests there are, before any is passed on; may refuse by throwing.
 * @throws PlaykeyError for anything that is not on the list
 */
export async function proxyToChain(
  body: string,
  charge: (requests: number) => void = () => undefined,
): Promise<Response> {
  const json = parseJson(body)
  const isBatch = Array.isArray(json)
  const list: unknown[] = isBatch ? json : [json]
  if (list.length === 0 || list.length > REQUESTS_MAX)
    throw new PlaykeyError('invalid_request')
  charge(list.length)
  const requests = list.map((entry) => parseParams(requestSchema, entry))
  for (const request of requests) await assertAllowed(request)
  const answer = await fetch(getServerEnv().RPC_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(isBatch ? requests : requests[0]),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const text = await answer.text()
  if (!answer.ok || text.length > ANSWER_MAX_BYTES)
    return Response.json(
      jsonRpcFailure(null, new PlaykeyError('temporarily_unavailable')),
      { status: 503 },
    )
  return new Response(text, {
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    },
  })
}

async function assertAllowed(request: ProxyRequest): Promise<void> {
  const { method, params = [] } = request
  const paramsMax = Object.hasOwn(allowed, method) ? allowed[method] : undefined
  if (paramsMax === undefined)
    throw new PlaykeyError('method_not_found', {
      details: { supported: Object.keys(allowed) },
    })
  if (params.length > paramsMax)
    throw new PlaykeyError('invalid_params', {
      details: {
        field: 'params',
        problem: `at most ${paramsMax} for ${method}`,
      },
    })
  if (method === 'eth_getLogs') await assertRecentLogs(params)
}

async function assertRecentLogs(params: unknown[]): Promise<void> {
  const [filter] = parseParams(logFilterSchema, params)
  const head = await getDatabase().prisma.chainHead.findUnique({
    where: { id: 1 },
    select: { number: true },
  })
  const oldest = (head?.number ?? 0n) - LOG_BLOCKS_MAX
  if (BigInt(filter.fromBlock) < oldest)
    throw new PlaykeyError('invalid_params', {
      details: {
        field: 'params.0.fromBlock',
        problem: `at most ${LOG_BLOCKS_MAX} blocks back`,
      },
    })
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new PlaykeyError('parse_error')
  }
}

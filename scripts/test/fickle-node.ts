import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One JSON-RPC request. */
export type NodeRequest = { id: unknown; method: string; params: unknown[] }

/** What a fickle node makes of a request: asks the real node, or answers by itself; `error` refuses. */
export type Whim = (
  request: NodeRequest,
  ask: (request: NodeRequest) => Promise<unknown>,
) => Promise<unknown>

export type FickleNode = { url: string; whim: Whim; close(): Promise<void> }

const honest: Whim = (request, ask) => ask(request)

/** A node in front of the real one that answers as `whim` says; in the beginning like the real one. */
export async function startFickleNode(realUrl: string): Promise<FickleNode> {
  const ask = async (request: NodeRequest): Promise<unknown> => {
    const response = await fetch(realUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', ...request }),
    })
    const answer = (await response.json()) as {
      result?: unknown
      error?: { message: string }
    }
    if (answer.error) throw new Error(answer.error.message)
    return answer.result
  }
  const answerOne = async (request: NodeRequest) => {
    const base = { jsonrpc: '2.0', id: request.id }
    try {
      return { ...base, result: await node.whim(request, ask) }
    } catch (error) {
      return { ...base, error: { code: -32000, message: String(error) } }
    }
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const body = JSON.parse(Buffer.concat(chunks).toString())
      const answer = Array.isArray(body)
        ? await Promise.all(body.map(answerOne))
        : await answerOne(body)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const node: FickleNode = {
    url: `http://127.0.0.1:${port}`,
    whim: honest,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return node
}

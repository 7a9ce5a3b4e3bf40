/** One JSON-RPC call, for what is not measured. @throws with the text of the refusal */
export async function callRpc<Result>(
  url: string,
  method: string,
  params: unknown[],
  address = '127.0.0.1',
): Promise<Result> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const { result, error } = (await response.json()) as {
    result: Result
    error?: { message: string }
  }
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}

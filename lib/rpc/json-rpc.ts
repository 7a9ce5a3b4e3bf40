import { z } from 'zod'
import {
  type SerializedError,
  serializeError,
} from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import { errorTable } from '@/lib/errors/error-table'

/** Most requests in one JSON-RPC batch. */
export const MAX_BATCH = 50

/** Id of a JSON-RPC 2.0 request. */
export const jsonRpcIdSchema = z.union([z.string().max(64), z.int(), z.null()])
export type JsonRpcId = z.infer<typeof jsonRpcIdSchema>

/** One JSON-RPC 2.0 request. `params` are checked by the method. */
export const jsonRpcRequestSchema = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: jsonRpcIdSchema,
  method: z.string().min(1).max(64),
  params: z.array(z.unknown()).max(8).optional(),
})
export type JsonRpcRequest = z.infer<typeof jsonRpcRequestSchema>

export type JsonRpcSuccess<T = unknown> = {
  jsonrpc: '2.0'
  id: JsonRpcId
  result: T
}

/** `data` carries the typed error with its remedy. */
export type JsonRpcFailure = {
  jsonrpc: '2.0'
  id: JsonRpcId
  error: { code: number; message: string; data: SerializedError }
}

export type JsonRpcResponse<T = unknown> = JsonRpcSuccess<T> | JsonRpcFailure

/** Answer that carries `result`. */
export function jsonRpcSuccess<T>(id: JsonRpcId, result: T): JsonRpcSuccess<T> {
  return { jsonrpc: '2.0', id, result }
}

/** Answer that carries `error`; unknown errors become `internal` and lose their text. */
export function jsonRpcFailure(id: JsonRpcId, error: unknown): JsonRpcFailure {
  const data = serializeError(error)
  const code = errorTable[data.code].jsonRpc
  return { jsonrpc: '2.0', id, error: { code, message: data.message, data } }
}

/**
 * `value` as `schema` reads it.
 * @throws PlaykeyError `invalid_params` naming the path of the first problem, for example `0.calls.2.to`.
 */
export function parseParams<S extends z.ZodType>(
  schema: S,
  value: unknown,
): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue?.path.map(String).join('.') ?? ''
  const problem = issue?.message ?? 'is not valid'
  throw new PlaykeyError('invalid_params', {
    message: `${field || 'The request'}: ${problem}`,
    details: { field, problem },
  })
}

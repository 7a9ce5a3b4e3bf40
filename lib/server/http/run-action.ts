import 'server-only'
import { headers } from 'next/headers'
import type { z } from 'zod'
import type { Actor } from '@/lib/auth/roles'
import { getServerEnv } from '@/lib/config/env'
import { type ActionResult, serializeError } from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import { parseParams } from '@/lib/rpc/json-rpc'
import { getActor } from '../auth/actor'
import { noteRequest } from '../observe/note-request'
import { limitBy } from './rate-limits'
import { classifyError } from './render-error'

/**
 * The one wrapper of server actions: origin, login, rate, shape; then `run`, whose errors are returned, never thrown.
 * @param schema What the input must look like; unknown members are refused where the schema says so.
 */
export async function runAction<Schema extends z.ZodType, Output>(
  name: string,
  schema: Schema,
  input: unknown,
  run: (actor: Actor, input: z.output<Schema>) => Promise<Output>,
): Promise<ActionResult<Output>> {
  const startedMs = performance.now()
  try {
    await requireSameOrigin()
    const actor = await getActor()
    if (!actor) throw new PlaykeyError('not_logged_in')
    limitBy('action', actor.userId)
    const data = await run(actor, parseParams(schema, input))
    noteRequest('action', null, performance.now() - startedMs)
    return { ok: true, data }
  } catch (cause) {
    const error = classifyError(cause, name)
    noteRequest('action', error.code, performance.now() - startedMs)
    return { ok: false, error: serializeError(error) }
  }
}

async function requireSameOrigin(): Promise<void> {
  const expected = new URL(getServerEnv().APP_URL).origin
  if ((await headers()).get('origin') !== expected)
    throw new PlaykeyError('bad_origin', { details: { expected } })
}

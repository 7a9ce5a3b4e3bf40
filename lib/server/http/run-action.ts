import 'server-only'
import { headers } from 'next/headers'
import type { z } from 'zod'
import type { Actor } from '@/lib/auth/roles'
import { getServerEnv } from '@/lib/config/env'
import { type ActionResult, serializeError } from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import { getActor } from '../auth/actor'
import { limitBy } from './rate-limits'
import { classifyError } from './render-error'

/**
 * The one wrapper of server actions: origin, login, rate, shape; then `run`, whose errors are returned, never thrown.
 * @param schema What the input must look like; unknown members are refused where the schema says so.
 */
export async function runAction<Input, Output>(
  name: string,
  schema: z.ZodType<Input>,
  input: unknown,
  run: (actor: Actor, input: Input) => Promise<Output>,
): Promise<ActionResult<Output>> {
  try {
    await requireSameOrigin()
    const actor = await getActor()
    if (!actor) throw new PlaykeyError('not_logged_in')
    limitBy('action', actor.userId)
    return { ok: true, data: await run(actor, parseInput(schema, input)) }
  } catch (cause) {
    return { ok: false, error: serializeError(classifyError(cause, name)) }
  }
}

/** @throws PlaykeyError `invalid_params` with the path of the first field that is wrong. */
function parseInput<Input>(schema: z.ZodType<Input>, input: unknown): Input {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new PlaykeyError('invalid_params', {
    details: {
      field: issue?.path.join('.') ?? '',
      problem: issue?.message ?? '',
    },
  })
}

async function requireSameOrigin(): Promise<void> {
  const expected = new URL(getServerEnv().APP_URL).origin
  if ((await headers()).get('origin') !== expected)
    throw new PlaykeyError('bad_origin', { details: { expected } })
}

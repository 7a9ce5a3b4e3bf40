import { getServerEnv } from '@/lib/config/env'
import { PlaykeyError } from '@/lib/errors/base-error'
import { getChainClient } from '../chain/server-chain'
import { getDatabase } from '../db/database'
import { carriesToken } from '../observe/metrics-token'
import { METRICS_TYPE, renderMetrics } from '../observe/render-metrics'
import { renderSponsorMetrics } from '../observe/sponsor-metrics'

/**
 * This process's metrics, for whoever carries METRICS_TOKEN; without one set, for nobody: a route cannot know where a
 * request comes from, as all that it sees of it may be the caller's words.
 * @throws PlaykeyError `not_found`
 */
export async function answerMetrics(request: Request): Promise<Response> {
  const env = getServerEnv()
  const token = env.METRICS_TOKEN
  const header = request.headers.get('authorization')
  if (!token || !carriesToken(header, token))
    throw new PlaykeyError('not_found')
  const database = getDatabase()
  const [own, sponsored] = await Promise.all([
    renderMetrics({ database, client: getChainClient() }),
    renderSponsorMetrics(database, {
      studio: env.SPONSOR_STUDIO_DAY_GAS,
      game: env.SPONSOR_GAME_DAY_GAS,
    }),
  ])
  return new Response(`${own}\n${sponsored}`, {
    headers: { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' },
  })
}

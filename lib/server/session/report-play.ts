import type { Actor } from '@/lib/auth/roles'
import { PlaykeyError } from '@/lib/errors/base-error'
import { errorTable } from '@/lib/errors/error-table'
import type { PlayReport } from '@/lib/session/play-report'
import { getDatabase } from '../db/database'

/** Seconds of play a report may claim beyond the time since the last one. */
const SLACK_SECONDS = 5
/** Moves per second that a report may claim. */
const MOVES_PER_SECOND_MAX = 40

/**
 * Adds what the browser saw to the session's play record. Time and counts are cut to what can have happened
 * since the last report, so a client that lies gains nothing but a wrong page of its own.
 * @throws PlaykeyError `session_unknown` unless the session belongs to the actor's account
 */
export async function reportPlay(
  actor: Actor,
  report: PlayReport,
): Promise<{ accepted: true }> {
  const { pool, prisma } = getDatabase()
  const session = await prisma.session.findFirst({
    where: { id: report.sessionId, account: { ownerAddress: actor.address } },
    select: { id: true },
  })
  if (!session) throw new PlaykeyError('session_unknown')
  await pool.query(
    `INSERT INTO "SessionPlay" AS play
       ("sessionId", "playSeconds", "latencyCount", "latencySumMs", "latencyMaxMs", refusals, "lastSeenAt")
     SELECT s.id, LEAST($2::int, ${elapsed('s."createdAt"')}), $3::int, $4::bigint, $5::int, $6::jsonb, now()
     FROM "Session" s WHERE s.id = $1
     ON CONFLICT ("sessionId") DO UPDATE SET
       "playSeconds" = play."playSeconds" + LEAST($2::int, ${elapsed('play."lastSeenAt"')}),
       "latencyCount" = play."latencyCount" + CASE WHEN $3::int <= ${elapsed('play."lastSeenAt"')} * ${MOVES_PER_SECOND_MAX} THEN $3::int ELSE 0 END,
       "latencySumMs" = play."latencySumMs" + CASE WHEN $3::int <= ${elapsed('play."lastSeenAt"')} * ${MOVES_PER_SECOND_MAX} THEN $4::bigint ELSE 0 END,
       "latencyMaxMs" = GREATEST(play."latencyMaxMs", $5::int),
       refusals = (
         SELECT COALESCE(jsonb_object_agg(code, times), '{}') FROM (
           SELECT key AS code, LEAST(SUM(value::int), 1000000) AS times FROM (
             SELECT * FROM jsonb_each_text(play.refusals)
             UNION ALL SELECT * FROM jsonb_each_text($6::jsonb)) AS both_sides
           GROUP BY key) AS summed),
       "lastSeenAt" = now()`,
    [report.sessionId, ...toColumns(report)],
  )
  return { accepted: true }
}

function elapsed(column: string): string {
  return `(EXTRACT(EPOCH FROM now() - ${column})::int + ${SLACK_SECONDS})`
}

function toColumns({ playSeconds, latenciesMs, refusals }: PlayReport) {
  const known = Object.entries(refusals).filter(([code]) =>
    Object.hasOwn(errorTable, code),
  )
  return [
    playSeconds,
    latenciesMs.length,
    latenciesMs.reduce((sum, latency) => sum + latency, 0),
    Math.max(0, ...latenciesMs),
    JSON.stringify(Object.fromEntries(known)),
  ]
}

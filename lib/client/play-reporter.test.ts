import { zeroHash } from 'viem'
import { expect, test } from 'vitest'
import type { PlayReport } from '@/lib/session/play-report'
import { PlayReporter, REPORT_INTERVAL_MS } from './play-reporter'

function createReporter() {
  const reports: PlayReport[] = []
  const time = { ms: 1_000 }
  const reporter = new PlayReporter({
    sessionId: zeroHash,
    report: async (batch) => {
      reports.push(batch)
      throw new Error('lost')
    },
    nowMs: () => time.ms,
  })
  return { reports, time, reporter }
}

test('behavior: one report per ten seconds, none when nothing happened', () => {
  const { reports, time, reporter } = createReporter()
  time.ms += REPORT_INTERVAL_MS
  reporter.tick()
  expect(reports).toEqual([])
  for (let second = 0; second < 25; second += 1) {
    time.ms += 1_000
    reporter.recordAction()
    reporter.recordLatency(12.4)
    reporter.tick()
  }
  expect(reports).toHaveLength(3)
  reporter.recordRefusal('session_expired')
  reporter.flush()
  const played = reports.reduce((sum, batch) => sum + batch.playSeconds, 0)
  const latencies = reports.flatMap((batch) => batch.latenciesMs)
  expect(played).toBe(24)
  expect(latencies).toEqual(Array(25).fill(12))
  expect(reports.at(-1)?.refusals).toEqual({ session_expired: 1 })
})

test('behavior: pauses are not play, batches are bounded', () => {
  const { reports, time, reporter } = createReporter()
  reporter.recordAction()
  time.ms += 60_000
  reporter.recordAction()
  for (let index = 0; index < 600; index += 1) {
    reporter.recordLatency(index)
    reporter.recordRefusal(`code_${index}`)
  }
  reporter.flush()
  expect(reports[0]).toMatchObject({ playSeconds: 0 })
  expect(reports[0]?.latenciesMs).toHaveLength(500)
  expect(Object.keys(reports[0]?.refusals ?? {})).toHaveLength(20)
})

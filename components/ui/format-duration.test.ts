import { describe, expect, test } from 'vitest'
import {
  formatAgo,
  formatClock,
  formatDuration,
  formatTime,
} from './format-duration'

describe('durations and moments', () => {
  test('behavior: a duration has at most its two largest units', () => {
    expect(formatDuration(0)).toBe('0 seconds')
    expect(formatDuration(900)).toBe('15 minutes')
    expect(formatDuration(5_400)).toBe('1 hour 30 minutes')
    expect(formatDuration(90_061)).toBe('1 day 1 hour')
  })

  test('behavior: a clock shows hours and days only when there are any', () => {
    expect(formatClock(59)).toBe('00:59')
    expect(formatClock(3_723)).toBe('1:02:03')
    expect(formatClock(3 * 86_400 + 4 * 3_600)).toBe('3d 04h')
    expect(formatClock(-5)).toBe('00:00')
  })

  test('behavior: the recent past is now, the rest is counted in its largest unit', () => {
    expect(formatAgo(0, 4_000)).toBe('just now')
    expect(formatAgo(0, 60_000)).toBe('1 minute ago')
    expect(formatAgo(0, 7_300_000)).toBe('2 hours ago')
  })

  test('behavior: a moment reads the same everywhere', () => {
    expect(formatTime(Date.UTC(2026, 5, 4, 14, 3))).toBe(
      '4 Jun 2026, 14:03 UTC',
    )
  })
})

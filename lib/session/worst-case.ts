import {
  type WorstCase,
  type WorstCaseWords,
  worstCaseOf,
} from '../permission/worst-case'
import type { Session } from './session'

/** How times are written. Absent: the reader's own locale and zone. */
export type TimeFormat = {
  /** Unix seconds; decides whether the date is written too. Absent: the clock. */
  nowSeconds?: number
  timeZone?: string
  locale?: string
}

/** `14:05`, with the date when it is another day. */
export function formatMoment(
  unixSeconds: number,
  format: TimeFormat = {},
): string {
  const locale = format.locale ?? 'en-GB'
  const zone =
    format.timeZone === undefined ? {} : { timeZone: format.timeZone }
  const date = (seconds: number) =>
    new Intl.DateTimeFormat(locale, {
      ...zone,
      day: 'numeric',
      month: 'short',
    }).format(seconds * 1_000)
  const time = new Intl.DateTimeFormat(locale, {
    ...zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(unixSeconds * 1_000)
  const now = format.nowSeconds ?? Math.floor(Date.now() / 1_000)
  const day = date(unixSeconds)
  return day === date(now) ? time : `${day}, ${time}`
}

/** Everything the session key could do at the very most, over the whole session: `at most 500 moves, 10 mints and 0 ETH until 14:05`. */
export function sessionWorstCase(
  session: Pick<Session, 'terms' | 'validAfter' | 'validUntil'>,
  { nouns = [], tokens = {}, ...format }: TimeFormat & WorstCaseWords = {},
): WorstCase {
  const { terms, validAfter, validUntil } = session
  const worst = worstCaseOf(terms, validUntil - validAfter, { nouns, tokens })
  return {
    ...worst,
    text: `${worst.text} until ${formatMoment(validUntil, format)}`,
  }
}

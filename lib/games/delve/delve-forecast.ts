import {
  applyMove,
  type DelveMove,
  type DelveState,
  gemsOfTide,
} from './delve-rules'

/**
 * The dungeon as the player sees it before the chain has answered: what the
 * chain has confirmed, and the moves on their way, in order. A value, never
 * changed in place.
 */
export type DelveForecast = {
  confirmed: DelveState
  pending: readonly { id: number; move: DelveMove }[]
  /** Moves begun so far; also the next id. */
  begun: number
}

/** A forecast of a state that was just read. */
export function startForecast(confirmed: DelveState): DelveForecast {
  return { confirmed, pending: [], begun: 0 }
}

/** What to show: the confirmed state after all moves on their way. */
export function shownOf(forecast: DelveForecast): DelveState {
  return forecast.pending.reduce(
    (state, { move }) => applyMove(state, move) ?? state,
    forecast.confirmed,
  )
}

/** The forecast with one more move on its way, or null where the contract would revert. Its id is `begun` before. */
export function beginMove(
  forecast: DelveForecast,
  move: DelveMove,
): DelveForecast | null {
  if (!applyMove(shownOf(forecast), move)) return null
  return {
    ...forecast,
    pending: [...forecast.pending, { id: forecast.begun, move }],
    begun: forecast.begun + 1,
  }
}

/** The forecast after the chain answered one move. A move that did not succeed is as if it had never been made. */
export function settleMove(
  forecast: DelveForecast,
  id: number,
  isSuccess: boolean,
): DelveForecast {
  const settled = forecast.pending.find((entry) => entry.id === id)
  if (!settled) return forecast
  const after = isSuccess ? applyMove(forecast.confirmed, settled.move) : null
  return {
    ...forecast,
    confirmed: after ?? forecast.confirmed,
    pending: forecast.pending.filter((entry) => entry.id !== id),
  }
}

/**
 * Takes over a state read from the chain, but only if no move was on its way at any time while
 * it was read: `before` is the forecast when the reading started. Otherwise the reading may be
 * older than a move that has settled since.
 */
export function syncForecast(
  forecast: DelveForecast,
  state: DelveState,
  before: DelveForecast,
): DelveForecast {
  const isQuiet =
    before.pending.length === 0 &&
    forecast.pending.length === 0 &&
    forecast.begun === before.begun
  return isQuiet ? { ...forecast, confirmed: state } : forecast
}

/** A new tide has come: it brings its gems, whatever lay there before. */
export function turnTide(forecast: DelveForecast, tide: bigint): DelveForecast {
  const confirmed = { ...forecast.confirmed, board: gemsOfTide(tide) }
  return { ...forecast, confirmed }
}

import { getServerEnv } from '@/lib/config/env'

/** Whose gas a budget counts. */
export type BudgetScope = 'session' | 'player' | 'game' | 'studio'

export type SponsorLimit = {
  /** Gas: of a session in all its life, of the others in a day (UTC). */
  gas: number
  /** Milliseconds that one intent takes of the rate; 0 = no limit. */
  intervalMs: number
  /** How far intents may come ahead of the rate, in milliseconds. */
  burstMs: number
}

type Limits = Record<BudgetScope, SponsorLimit>

/** Intents per second that one session, one account and one studio may hand in; as many at once. */
const PER_SECOND = { session: 500, player: 1_000, studio: 20_000 }
const BURST_MS = 1_000

let limits: Limits | undefined

/** What the relay pays for, and how fast, unless a budget has a limit of its own. */
export function sponsorLimits(): Limits {
  limits ??= readLimits()
  return limits
}

function readLimits(): Limits {
  const env = getServerEnv()
  const limitOf = (gas: bigint, perSecond?: number): SponsorLimit => ({
    gas: Math.min(Number(gas), Number.MAX_SAFE_INTEGER),
    intervalMs: perSecond ? 1_000 / perSecond : 0,
    burstMs: BURST_MS,
  })
  return {
    session: limitOf(env.SPONSOR_SESSION_GAS, PER_SECOND.session),
    player: limitOf(env.SPONSOR_PLAYER_DAY_GAS, PER_SECOND.player),
    game: limitOf(env.SPONSOR_GAME_DAY_GAS),
    studio: limitOf(env.SPONSOR_STUDIO_DAY_GAS, PER_SECOND.studio),
  }
}

import { measureDirectRate } from './direct'
import { joinPlayers, type Venue } from './join-players'
import type { Lane } from './lane'
import { measureLatency } from './measure-latency'
import { playAtRate, playFlatOut, playOut, Scoreboard, type Span } from './play'

/** The load generator, a process of its own: does what the bench asks for, one thing after the other. */
const scores = new Scoreboard()
let venue: Venue | null = null
let lanes: Lane[] = []

const first = (players: number) => lanes.slice(0, players)

function getVenue(): Venue {
  if (!venue) throw new Error('nobody has joined')
  return venue
}

/** What the bench may ask for. */
const tasks = {
  /** Brings players in and has each make a first move, which carries the grant to the chain. */
  async join(options: { venue: Venue; players: number }) {
    venue = options.venue
    lanes = await joinPlayers(venue, options.players, (lane, move) =>
      scores.listener(lane, move),
    )
    await playFlatOut(lanes, scores, { window: 1, rampMs: 0, measureMs: 1 })
  },
  /** Signs moves ahead. */
  async sign(options: { players: number; each: number }) {
    for (const lane of first(options.players)) lane.prepare(options.each)
  },
  playFlatOut: (options: Span & { players: number; window: number }) =>
    playFlatOut(first(options.players), scores, options),
  playAtRate: (options: Span & { players: number; perSecond: number }) =>
    playAtRate(first(options.players), scores, options),
  playOut: (options: { players: number; window: number; each: number }) =>
    playOut(first(options.players), scores, options),
  async measureLatency({ samples }: { samples: number }) {
    const [lane] = lanes
    if (!lane) throw new Error('nobody has joined')
    const { rpcUrl, domain } = getVenue()
    const node = { rpcUrl, chainId: domain.chainId }
    return measureLatency(lane, scores, node, samples)
  },
  async measureDirectRate(options: { senders: number; movesEach: number }) {
    const { rpcUrl, domain } = getVenue()
    return measureDirectRate(rpcUrl, domain.chainId, options)
  },
}

export type Tasks = typeof tasks

type Order = { name: keyof Tasks; options: never }

process.on('message', async ({ name, options }: Order) => {
  try {
    const result = await tasks[name](options)
    process.send?.({ result })
  } catch (error) {
    process.send?.({ error: String((error as Error).stack ?? error) })
  }
})
process.on('disconnect', () => process.exit())
process.on('unhandledRejection', (error) => {
  process.send?.({ error: String((error as Error).stack ?? error) })
})
process.on('uncaughtException', (error) => {
  process.send?.({ error: String(error.stack ?? error) })
})

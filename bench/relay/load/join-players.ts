import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { PreparedGrant } from '@/lib/rpc/session-methods'
import type { SigningDomain } from '@/lib/session/typed-data-domain'
import { type Confirmed, Lane } from './lane'
import { findOpenDirection } from './moves'
import { Player } from './player'
import { callRpc } from './rpc'

/** Where players play. */
export type Venue = {
  relayUrl: string
  eventsUrl: string
  rpcUrl: string
  policyId: `0x${string}`
  domain: SigningDomain
}

const AT_ONCE = 8
const TRIES = 5
const SESSION_SECONDS = 3_600

/** Brings so many new players in: each with a wallet, a granted session, a stream of events and a network address of its own. */
export async function joinPlayers(
  venue: Venue,
  count: number,
  onConfirmed: (lane: number, move: Confirmed) => void,
): Promise<Lane[]> {
  const lanes: Lane[] = []
  const join = async () => {
    for (let next = lanes.length; next < count; next = lanes.length) {
      const address = `10.0.${next >> 8}.${next & 255}`
      const player = new Player(venue.domain)
      const lane = new Lane(player, venue.relayUrl, address, (move) =>
        onConfirmed(next, move),
      )
      lanes.push(lane)
      await insist(() => grant(venue, player, address))
      player.direction = await findOpenDirection(venue.rpcUrl, player.account)
      await lane.listen(venue.eventsUrl, address)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, join))
  return lanes
}

/** On a busy machine a database may be out of reach for a moment. */
async function insist(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work()
    } catch (error) {
      if (tries === TRIES) throw error
    }
}

async function grant(
  { relayUrl, policyId }: Venue,
  player: Player,
  address: string,
): Promise<void> {
  const wallet = privateKeyToAccount(generatePrivateKey())
  const call = <Result>(method: string, params: unknown[]) =>
    callRpc<Result>(relayUrl, method, params, address)
  const key = { scheme: 'p256', publicKey: player.publicKey }
  const { session, owner, digest } = await call<PreparedGrant>(
    'playkey_prepareGrant',
    [
      {
        ...{ owner: wallet.address, policyId, key },
        durationSeconds: SESSION_SECONDS,
      },
    ],
  )
  const signature = await wallet.sign({ hash: digest })
  const { sessionId } = await call<{ sessionId: `0x${string}` }>(
    'playkey_grant',
    [{ session, owner, signature }],
  )
  player.sessionId = sessionId
  player.account = session.account
}

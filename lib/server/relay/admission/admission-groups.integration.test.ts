import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Intent } from '@/lib/intent/intent'
import { takeKey } from '@/scripts/test/key-at-hand'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { getDeployment } from '../../chain/deployment'
import { type Database, openDatabase } from '../../db/database'
import { revokeSession } from '../../session/revoke-session'
import { rejectQueued } from '../bundle/reject-queued'
import { shardOf } from '../key/shard-of'
import { admitIntent } from './admit-intent'

let stack: RelayStack
/** Of two other web processes. */
let others: [Database, Database]
const players: TestPlayer[] = []

beforeAll(async () => {
  stack = await startRelayStack()
  const open = () => openDatabase(stack.database.url, 4)
  others = [open(), open()]
  for (let count = 0; count < 24; count += 1) {
    const player = new TestPlayer()
    await player.grant()
    players.push(player)
  }
  const worker = await stack.startWorker()
  const ids = await Promise.all(
    players.map(async (player) => player.send(await player.step())),
  )
  for (const id of ids) await settled(id, 60_000)
  await worker.stop()
})
afterAll(async () => {
  for (const database of others ?? []) await database.close()
  await stack?.stop()
})

/** Code of the error that an admission ends with, or `admitted`. */
function admit(
  player: TestPlayer,
  intent: Intent,
  database = stack.database,
): Promise<string> {
  const signed = { intent, signature: player.signIntent(intent) }
  const context = { database, ...getDeployment() }
  return admitIntent(context, signed).then(
    () => 'admitted',
    (error: { code?: string }) => error.code ?? 'unknown',
  )
}

/** The next move of a player, whose sequence counts as used. */
function nextMove(player: TestPlayer): Promise<Intent> {
  const intent = player.move(1)
  player.sequence += 1
  return intent
}

function playerAt(index: number): TestPlayer {
  const player = players[index]
  if (!player) throw new Error(`no player ${index}`)
  return player
}

/** How often `work` runs a statement. */
async function countOf(name: string, work: () => Promise<unknown>) {
  const { pool } = stack.database
  const query = pool.query
  let times = 0
  pool.query = ((...args: unknown[]) => {
    if ((args[0] as { name?: string }).name === name) times += 1
    return Reflect.apply(query, pool, args)
  }) as typeof query
  await work().finally(() => {
    pool.query = query
  })
  return times
}

/** Lets the database refuse whatever is stored for a session, as for a row that breaks a constraint. */
async function refuseToStore(sessionId: string): Promise<void> {
  const { pool } = stack.database
  await pool.query('DROP TRIGGER IF EXISTS refuse ON "Intent"')
  await pool.query(`
    CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'refused' USING ERRCODE = '23514';
    END $$`)
  await pool.query(`
    CREATE TRIGGER refuse BEFORE INSERT ON "Intent" FOR EACH ROW
    WHEN (NEW."sessionId" = '${sessionId}') EXECUTE FUNCTION refuse()`)
}

describe('intents that come at the same time', () => {
  test('behavior: are stored together, and what is remembered is not read again', async () => {
    const rounds = async () => {
      const intents = await Promise.all(players.map(nextMove))
      const codes = await Promise.all(
        intents.map((intent, index) => admit(playerAt(index), intent)),
      )
      expect(new Set(codes)).toEqual(new Set(['admitted']))
    }
    await rounds()
    expect(await countOf('store-intents', rounds)).toBeLessThanOrEqual(4)
    expect(await countOf('admission-facts', rounds)).toBeLessThanOrEqual(4)
  })

  test('security: one that breaks a rule, and one that the database cannot even store, fail alone', async () => {
    const intents = await Promise.all(players.map(nextMove))
    await refuseToStore(playerAt(9).sessionId)
    const codes = await Promise.all(
      intents.map((intent, index) =>
        admit(
          playerAt(index),
          index === 5 ? { ...intent, callGas: 10 } : intent,
        ),
      ),
    )
    await refuseToStore('nobody')
    expect(codes[5]).toBe('call_gas_too_low')
    expect(codes[9]).not.toBe('admitted')
    const rest = codes.filter((_, index) => index !== 5 && index !== 9)
    expect(new Set(rest)).toEqual(new Set(['admitted']))
    for (const index of [5, 9]) playerAt(index).sequence -= 1
    for (const index of [5, 9])
      expect(
        await admit(playerAt(index), await nextMove(playerAt(index))),
      ).toBe('admitted')
  })

  test('behavior: a rejected one that is sent again is acknowledged as before, and holds up nobody', async () => {
    const player = playerAt(0)
    const intent = await nextMove(player)
    const id = await player.admit(intent, player.signIntent(intent))
    const { sessionId, lane, sequence } = intent
    const { fence } = await takeKey(stack)
    await rejectQueued(stack.database, fence, [
      { id, sessionId, lane, sequence, reason: 'policy_paused' },
    ])
    player.sequence -= 1
    const moves = await Promise.all(players.slice(1).map(nextMove))
    const again = await Promise.all([
      player.admit(intent, player.signIntent(intent)),
      ...moves.map((move, index) => admit(playerAt(index + 1), move)),
    ])
    expect(again[0]).toBe(id)
    expect(new Set(again.slice(1))).toEqual(new Set(['admitted']))
    const row = await stack.database.prisma.intent.findUniqueOrThrow({
      where: { id },
    })
    expect(row.status).toBe('rejected')
    expect(await admit(player, await nextMove(player))).toBe('admitted')
  })
})

describe('several processes', () => {
  test('behavior: take turns with one session, though each remembers it', async () => {
    const player = playerAt(1)
    const codes: string[] = []
    for (let turn = 0; turn < 20; turn += 1)
      codes.push(
        await admit(
          player,
          await nextMove(player),
          others[turn % 2] as Database,
        ),
      )
    expect(new Set(codes)).toEqual(new Set(['admitted']))
  })

  test('behavior: one intent that overtakes another through another process waits for it', async () => {
    const player = playerAt(2)
    const [first, second] = [await nextMove(player), await nextMove(player)]
    const later = admit(player, second, others[0])
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(await admit(player, first, others[1])).toBe('admitted')
    expect(await later).toBe('admitted')
  })

  test('behavior: of many intents for one place exactly one is taken', async () => {
    const player = playerAt(3)
    const intent = await nextMove(player)
    const codes = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        admit(
          player,
          { ...intent, expiry: intent.expiry - index },
          others[index % 2] as Database,
        ),
      ),
    )
    expect(codes.filter((code) => code === 'admitted')).toHaveLength(1)
    expect(codes.filter((code) => code === 'sequence_conflict')).toHaveLength(
      11,
    )
  })

  test('security: a session that is revoked at one takes nothing at another that remembers it', async () => {
    const player = playerAt(4)
    expect(await admit(player, await nextMove(player), others[0])).toBe(
      'admitted',
    )
    const signature = await player.signRevocation('key')
    const { sessionId } = player
    await revokeSession({ sessionId, by: 'key', signature })
    expect(await admit(player, await nextMove(player), others[0])).toBe(
      'session_revoked',
    )
  })
})

describe('a stored intent', () => {
  const load = (id: Hex) =>
    stack.database.prisma.intent.findUniqueOrThrow({
      where: { id },
      include: { session: true },
    })

  test('behavior: has the shard of its account, and the gas that a bundle needs for it', async () => {
    const player = playerAt(6)
    const intent = await nextMove(player)
    const row = await load(
      await player.admit(intent, player.signIntent(intent)),
    )
    expect(row).toMatchObject({
      ...{ shard: shardOf(player.account), gasCharged: 0, status: 'queued' },
    })
    expect(row.gas).toBeGreaterThan(intent.callGas)
    expect(row.session.sidelinedUntil).toBeNull()
  })

  test('behavior: that may take very much gas sidelines its session for a minute', async () => {
    const player = playerAt(7)
    const intent = await player.move(1, { callGas: 3_000_000 })
    const id = await player.send(intent)
    const { session } = await load(id)
    const aheadMs = (session.sidelinedUntil?.getTime() ?? 0) - Date.now()
    expect(aheadMs).toBeGreaterThan(40_000)
    expect(aheadMs).toBeLessThanOrEqual(60_000)
  })

  test('behavior: the first of a session that is not on chain has reserved the gas of its grant', async () => {
    const player = new TestPlayer()
    await player.grant()
    const first = await load(await player.send(await player.move(1)))
    const second = await load(await player.send(await player.move(1)))
    const grant = await stack.database.prisma.sessionGrant.findFirstOrThrow({
      where: { sessionId: player.sessionId },
    })
    expect(first.gas - second.gas).toBe(grant.gas + grant.size * 40)
  })
})

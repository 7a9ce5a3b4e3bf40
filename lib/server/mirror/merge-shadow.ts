import type pg from 'pg'
import { SHADOW } from './shadow-schema'

/** Rows that were not what the chain says: changed, taken away or added. */
export type Corrections = {
  sessions: number
  grants: number
  lanes: number
  meters: number
  intents: number
  policies: number
  accounts: number
  events: number
}

/** Takes away rows that are not so on the chain, then adds those that are missing: nothing else is kept in such a table. */
function replaceRows(
  kind: keyof Corrections,
  table: string,
  key: readonly string[],
): [keyof Corrections, string][] {
  const isSame = `${key.map((column) => `r."${column}" = p."${column}"`).join(' AND ')} AND r IS NOT DISTINCT FROM p`
  return [
    [
      kind,
      `DELETE FROM public."${table}" p
       WHERE NOT EXISTS (SELECT 1 FROM ${SHADOW}."${table}" r WHERE ${isSame})`,
    ],
    [
      kind,
      `INSERT INTO public."${table}" SELECT r.* FROM ${SHADOW}."${table}" r
       WHERE NOT EXISTS (SELECT 1 FROM public."${table}" p WHERE ${isSame})`,
    ],
  ]
}

/** Columns of a session that the chain decides; times of this machine's clock only follow. */
const sessionColumns = [
  ...['status', 'validAfter', 'validUntil', 'nextSequence', 'cells'],
  ...['activatedTxHash', 'revokedTxHash', 'revokedBy'],
]
const list = (columns: readonly string[], row: string) =>
  columns.map((column) => `${row}."${column}"`).join(', ')
const assign = (columns: readonly string[]) =>
  columns.map((column) => `"${column}" = r."${column}"`).join(', ')

const intentColumns = [
  ...['status', 'reason', 'txHash', 'blockNumber', 'place'],
]

/** Sessions that only the chain had told of, and that it does not have. */
const strangers = `SELECT id FROM public."Session" p WHERE NOT EXISTS (SELECT 1 FROM ${SHADOW}."Session" r WHERE r.id = p.id)`

const statements: [keyof Corrections, string][] = [
  [
    'accounts',
    `INSERT INTO public."Account" SELECT r.* FROM ${SHADOW}."Account" r ON CONFLICT (address) DO NOTHING`,
  ],
  [
    'accounts',
    `UPDATE public."Account" p SET "deployedAt" = r."deployedAt" FROM ${SHADOW}."Account" r
     WHERE r.address = p.address AND (r."deployedAt" IS NULL) <> (p."deployedAt" IS NULL)`,
  ],
  [
    'policies',
    `UPDATE public."Policy" p SET ${assign(['status', 'pausedUntil', 'publishedTxHash'])} FROM ${SHADOW}."Policy" r
     WHERE r.id = p.id AND (p.status, p."pausedUntil", p."publishedTxHash")
       IS DISTINCT FROM (r.status, r."pausedUntil", r."publishedTxHash")`,
  ],
  [
    'sessions',
    `INSERT INTO public."Session" SELECT r.* FROM ${SHADOW}."Session" r ON CONFLICT (id) DO NOTHING`,
  ],
  [
    'sessions',
    `UPDATE public."Session" p SET ${assign(sessionColumns)},
       "activatedAt" = CASE WHEN r."activatedAt" IS NOT NULL THEN COALESCE(p."activatedAt", r."activatedAt") END,
       "revokedAt" = CASE WHEN r."revokedAt" IS NOT NULL THEN COALESCE(p."revokedAt", r."revokedAt") END,
       "admitVersion" = p."admitVersion" + 1, "disagreesSince" = NULL, disagreement = NULL
     FROM ${SHADOW}."Session" r
     WHERE r.id = p.id AND ((${list(sessionColumns, 'p')}) IS DISTINCT FROM (${list(sessionColumns, 'r')})
       OR p."disagreesSince" IS NOT NULL)`,
  ],
  [
    'grants',
    `UPDATE public."SessionGrant" p SET error = r.error FROM ${SHADOW}."SessionGrant" r
     WHERE r."sessionId" = p."sessionId" AND r."validUntil" = p."validUntil" AND r.error IS DISTINCT FROM p.error`,
  ],
  [
    'intents',
    `DELETE FROM public."Intent" p WHERE packed IS NULL
       AND NOT EXISTS (SELECT 1 FROM ${SHADOW}."Intent" r WHERE r.id = p.id)`,
  ],
  [
    'intents',
    `UPDATE public."Intent" p SET ${assign(intentColumns)}, "settledAt" = COALESCE(p."settledAt", r."settledAt")
     FROM ${SHADOW}."Intent" r
     WHERE r.id = p.id AND r."blockNumber" IS NOT NULL
       AND (${list(intentColumns, 'p')}) IS DISTINCT FROM (${list(intentColumns, 'r')})`,
  ],
  [
    'intents',
    `UPDATE public."Intent" p SET status = CASE WHEN p."transactionId" IS NULL THEN 'queued' ELSE 'submitted'
         END::"IntentStatus", reason = NULL, "txHash" = NULL, "blockNumber" = NULL, "settledAt" = NULL
     FROM ${SHADOW}."Intent" r
     WHERE r.id = p.id AND r."blockNumber" IS NULL AND p.place IS NOT NULL AND p.status IN ('confirmed', 'reverted')`,
  ],
  [
    'intents',
    `INSERT INTO public."Intent" SELECT r.* FROM ${SHADOW}."Intent" r WHERE packed IS NULL
     ON CONFLICT (id) DO NOTHING`,
  ],
  ...replaceRows('lanes', 'SessionLane', ['sessionId', 'lane']),
  ...replaceRows('meters', 'SessionMeter', ['sessionId', 'index']),
  [
    'sessions',
    `DELETE FROM public."SessionPlay" WHERE "sessionId" IN (${strangers})`,
  ],
  ['sessions', `DELETE FROM public."Session" WHERE id IN (${strangers})`],
  ...replaceRows('events', 'ChainEvent', [
    ...['blockNumber', 'blockHash', 'logIndex'],
  ]),
]

// Whoever left `queued` and `submitted`, or came back, takes its reservation along.
const reserved = `
  UPDATE public."GasBudget" b SET reserved = n.reserved
  FROM (
    SELECT b.id, COALESCE(sum(i.gas), 0) AS reserved
    FROM public."GasBudget" b
    LEFT JOIN (
      SELECT i.gas, s.id AS session, s."accountAddress" AS account, p."gameId" AS game, g."studioId" AS studio
      FROM public."Intent" i JOIN public."Session" s ON s.id = i."sessionId"
      LEFT JOIN public."Policy" p ON p.id = s."policyId" LEFT JOIN public."Game" g ON g.id = p."gameId"
      WHERE i.status IN ('queued', 'submitted')) AS i
    ON b.id IN ('session:' || i.session, 'player:' || i.account, 'game:' || i.game, 'studio:' || i.studio)
    GROUP BY b.id) AS n
  WHERE n.id = b.id AND n.reserved <> b.reserved`

/**
 * Brings the tables in use to what the shadow tables say, inside a transaction that has locked out everybody who applies
 * events. What only this machine's clock knows stays where there is something to stay: when something was settled,
 * granted, revoked, deployed or active last. What is on its way stays so unless the chain has it.
 * @returns how many rows were changed
 */
export async function mergeShadow(client: pg.ClientBase): Promise<Corrections> {
  const corrections: Corrections = {
    ...{ sessions: 0, grants: 0, lanes: 0, meters: 0 },
    ...{ intents: 0, policies: 0, accounts: 0, events: 0 },
  }
  for (const [kind, statement] of statements) {
    const { rowCount } = await client.query(statement)
    corrections[kind] += rowCount ?? 0
  }
  if (corrections.intents > 0) await client.query(reserved)
  await client.query(`
    DELETE FROM public."MirrorBlock";
    INSERT INTO public."MirrorBlock" SELECT * FROM ${SHADOW}."MirrorBlock";
    INSERT INTO public."ChainHead" AS p SELECT * FROM ${SHADOW}."ChainHead"
      ON CONFLICT (id) DO UPDATE SET "finalNumber" = GREATEST(p."finalNumber", EXCLUDED."finalNumber")`)
  return corrections
}

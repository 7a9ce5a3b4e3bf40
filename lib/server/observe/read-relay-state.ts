import type { Database } from '../db/database'
import { WORKER_LOCK } from '../relay/lease/worker-lease'

/** What the database says of the relay at this moment, for health and metrics. Ages in seconds, by the database's clock. */
export type RelayState = {
  queued: number
  submitted: number
  tasks: number
  /** Of the oldest queued intent that may be sent; 0 when there is none. */
  queueAge: number
  /** Of the oldest transaction that is not mined; 0 when there is none. */
  unminedAge: number
  /** Sessions that a check found otherwise on chain. */
  disagreeing: number
  /** Newest block that was seen, and that is applied; -1 before the first. */
  seenBlock: number
  mirroredBlock: number
  finalBlock: number
  /** Since the newest block was seen. */
  seenAge: number
  /** Worker processes that are at work. */
  workers: number
  keys: KeyState[]
  leases: LeaseState[]
}

export type KeyState = {
  role: string
  index: number
  /** Wei, as a decimal string. */
  balanceWei: string
  isLow: boolean
}

export type LeaseState = {
  /** `mirror`, or the role and place of a key: `relayer:0`. */
  name: string
  /** Times it was taken. */
  fence: number
  isHeld: boolean
}

/** Locks of this database that somebody has. */
const granted = `locktype = 'advisory' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
/** Second half of a lease's lock. */
const lockOfLease = `('x' || left(encode(sha256(convert_to(l.name, 'UTF8')), 'hex'), 8))::bit(32)::bigint`

const statement = `
  WITH live AS (
    -- Keys that workers have now: those that were taken out of use are not seen any more.
    SELECT * FROM "RelayKey"
    WHERE "seenAt" > (SELECT max("seenAt") FROM "RelayKey") - interval '10 minutes')
  SELECT
    (SELECT count(*)::int FROM "Intent" WHERE status = 'queued') AS queued,
    (SELECT count(*)::int FROM "Intent" WHERE status = 'submitted') AS submitted,
    (SELECT count(*)::int FROM "RelayTask" WHERE status = 'queued') AS tasks,
    (SELECT COALESCE(extract(epoch FROM now() - min("queuedAt")), 0)::float8 FROM "Intent"
       WHERE status = 'queued' AND ("heldUntil" IS NULL OR "heldUntil" <= now())) AS "queueAge",
    (SELECT COALESCE(extract(epoch FROM now() - min("createdAt")), 0)::float8 FROM "RelayTransaction"
       WHERE state = 'prepared') AS "unminedAge",
    (SELECT count(*)::int FROM "Session" WHERE "disagreesSince" IS NOT NULL) AS disagreeing,
    COALESCE(h.number, -1)::float8 AS "seenBlock",
    COALESCE(h."finalNumber", -1)::float8 AS "finalBlock",
    COALESCE(extract(epoch FROM now() - h."seenAt"), 0)::float8 AS "seenAge",
    COALESCE((SELECT max(number) FROM "MirrorBlock"), -1)::float8 AS "mirroredBlock",
    (SELECT count(DISTINCT pid)::int FROM pg_locks WHERE ${granted} AND classid = 0 AND objid = ${WORKER_LOCK}) AS workers,
    COALESCE((SELECT json_agg(json_build_object('role', role, 'index', index, 'balanceWei', "balanceWei"::text,
       'isLow', "isLow") ORDER BY role, index) FROM live), '[]') AS keys,
    COALESCE((SELECT json_agg(json_build_object('name', COALESCE(k.role || ':' || k.index, l.name), 'fence', l.fence,
       'isHeld', EXISTS (SELECT 1 FROM pg_locks WHERE ${granted} AND objsubid = 2 AND objid::bigint = ${lockOfLease}))
       ORDER BY l.name)
     FROM "RelayLease" l LEFT JOIN live k ON l.name = 'key:' || k.address
     WHERE l.name = 'mirror' OR k.address IS NOT NULL), '[]') AS leases
  FROM (SELECT 1) AS one LEFT JOIN "ChainHead" h ON h.id = 1`

/** Reads the relay's state in one statement. */
export async function readRelayState({ pool }: Database): Promise<RelayState> {
  const { rows } = await pool.query<RelayState>({
    name: 'relay-state',
    text: statement,
  })
  const [state] = rows
  if (!state) throw new Error('the database gave no row')
  return state
}

import type pg from 'pg'
import { type Database, openDatabase } from '../db/database'

/** Where history is played again, beside the tables that are in use. */
export const SHADOW = 'playkey_rebuild'

/** Tables that the mirror writes; all others it reads where they are. */
const copied = [
  ...['Account', 'Session', 'SessionGrant', 'SessionLane', 'SessionMeter'],
  ...['SessionPlay', 'Intent', 'Policy', 'ChainEvent', 'MirrorBlock'],
  ...['ChainHead', 'GasBudget'],
]

// What was signed and sent, without anything that only the chain says of it. Every intent of ours that has a place in
// the chain's history, or may have one, is on its way; several of them may have had the same place one after the other.
const contents = `
  INSERT INTO ${SHADOW}."Account"
    SELECT x.* FROM public."Account" a, jsonb_populate_record(a, '{"deployedAt": null}') AS x;
  INSERT INTO ${SHADOW}."SessionGrant"
    SELECT x.* FROM public."SessionGrant" g, jsonb_populate_record(g, '{"error": null}') AS x;
  INSERT INTO ${SHADOW}."Policy"
    SELECT x.* FROM public."Policy" p, jsonb_populate_record(p, jsonb_build_object(
      'pausedUntil', 0, 'publishedTxHash', NULL,
      'status', CASE p.status WHEN 'published' THEN 'publishing' ELSE p.status::text END)) AS x;
  INSERT INTO ${SHADOW}."Intent" (id, "sessionId", lane, sequence, calls, entries, "callGas", "cellCharges",
      "meterCharges", place, expiry, packed, status, "transactionId", "queuedAt")
    SELECT id, "sessionId", lane, sequence, '[]', '{}', "callGas", '{}', '{}',
      "sessionId" || ':' || lane || ':' || sequence, expiry, packed, 'submitted', "transactionId", "queuedAt"
    FROM public."Intent" WHERE packed IS NOT NULL AND (status <> 'rejected' OR "blockNumber" IS NOT NULL);
  INSERT INTO ${SHADOW}."Session"
    SELECT x.* FROM public."Session" s, jsonb_populate_record(s, jsonb_build_object('status', 'pending',
      'validUntil', COALESCE((SELECT min(g."validUntil") FROM public."SessionGrant" g WHERE g."sessionId" = s.id),
        s."validUntil"),
      'nextSequence', 0, 'cells', array_fill(0, ARRAY[8]), 'activatedAt', NULL, 'activatedTxHash', NULL,
      'revokedAt', NULL, 'revokedTxHash', NULL, 'revokedBy', NULL, 'lastActivityAt', NULL)) AS x
    WHERE EXISTS (SELECT 1 FROM public."SessionGrant" g WHERE g."sessionId" = s.id)
      OR EXISTS (SELECT 1 FROM public."Intent" i WHERE i."sessionId" = s.id AND i.packed IS NOT NULL);`

/** Makes the shadow tables anew, as they were before the first block. What an earlier, ended run left is dropped. */
export async function createShadow(client: pg.ClientBase): Promise<void> {
  await dropShadow(client)
  await client.query(`CREATE SCHEMA ${SHADOW}`)
  for (const table of copied)
    await client.query(
      `CREATE TABLE ${SHADOW}."${table}" (LIKE public."${table}" INCLUDING ALL)`,
    )
  await client.query(`
    CREATE FUNCTION ${SHADOW}.pg_notify(text, text) RETURNS void LANGUAGE sql AS '';
    ${contents}
    ANALYZE ${copied.map((table) => `${SHADOW}."${table}"`).join(', ')}`)
}

/** Drops the shadow tables. */
export async function dropShadow(client: pg.ClientBase): Promise<void> {
  await client.query('SET client_min_messages = warning')
  await client.query(`DROP SCHEMA IF EXISTS ${SHADOW} CASCADE`)
}

/**
 * A pool on which the mirror works on the shadow tables and tells nobody: names are looked up there first, before those
 * of PostgreSQL itself, which for `pg_notify` means silence.
 */
export function openShadow(databaseUrl: string): Database {
  const url = new URL(databaseUrl)
  url.searchParams.set(
    'options',
    `-c search_path=${SHADOW},public,pg_catalog -c synchronous_commit=off`,
  )
  return openDatabase(url.toString(), 4)
}

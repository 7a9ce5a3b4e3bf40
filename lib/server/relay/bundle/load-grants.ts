import type { Address, Hex } from 'viem'
import { encodeGrant } from '@/lib/intent/encode-grant'
import { hashTerms } from '@/lib/permission/hash-terms'
import type { Terms, TermsJson } from '@/lib/permission/terms'
import { fromTermsJson } from '@/lib/permission/terms-json'
import type { GrantBatch, KeyScheme } from '@/lib/session/session'
import type { Database } from '../../db/database'
import { waitingGrant } from './waiting-grant'

type Row = {
  id: Hex
  account: Address
  policyId: Hex | null
  keyScheme: KeyScheme
  publicKey: Hex
  epoch: number
  terms: TermsJson
  validAfter: string
  owner: string
  isDeployed: boolean
  policyTable: Hex | null
  policyTermsHash: Hex | null
  validUntil: string
  deadline: string
  signature: Hex
  batch: GrantBatch | null
}

const ZERO_HASH: Hex = `0x${'00'.repeat(32)}`

const statement = `
  SELECT s.id, s."accountAddress" AS account, s."policyId", s."keyScheme", s."publicKey", s.epoch, s.terms, s."validAfter",
    a.owner, a."deployedAt" IS NOT NULL AS "isDeployed", p.table AS "policyTable", p."termsHash" AS "policyTermsHash",
    g."validUntil", g.deadline, g.signature, g.batch
  FROM "Session" s
  JOIN "Account" a ON a.address = s."accountAddress"
  JOIN LATERAL (${waitingGrant('$2')}) g ON true
  LEFT JOIN "Policy" p ON p.id = s."policyId"
  WHERE s.id = ANY($1)`

/** Grants of these sessions that have to travel along, as they go into a bundle, by session. */
export async function loadGrants(
  { pool }: Database,
  sessionIds: readonly Hex[],
  nowSeconds: number,
): Promise<ReadonlyMap<Hex, Hex>> {
  if (sessionIds.length === 0) return new Map()
  const { rows } = await pool.query<Row>({
    name: 'load-grants',
    text: statement,
    values: [sessionIds, nowSeconds],
  })
  return new Map(rows.map((row) => [row.id, toGrant(row)]))
}

function toGrant(row: Row): Hex {
  const terms = fromTermsJson(row.terms)
  return encodeGrant(
    {
      session: {
        account: row.account,
        policyId: row.policyId ?? ZERO_HASH,
        key: { scheme: row.keyScheme, publicKey: row.publicKey },
        validAfter: Number(row.validAfter),
        validUntil: Number(row.validUntil),
        epoch: row.epoch,
        grantDeadline: Number(row.deadline),
        terms,
      },
      owner: row.owner as Hex,
      signature: row.signature,
      batch: row.batch ?? undefined,
    },
    {
      // Accounts first seen on chain have no known owner.
      createsAccount: !row.isDeployed && row.owner.length > 2,
      policyTable: policyTableOf(terms, {
        table: row.policyTable,
        termsHash: row.policyTermsHash,
      }),
    },
  )
}

/** Which table goes along with a session's terms; see `GrantNeeds`. Not the table decides but the text, which is what was signed. */
export function policyTableOf(
  terms: Terms,
  policy: { table: Hex | null; termsHash: Hex | null },
): Hex | null {
  if (policy.table === null) return '0x'
  return hashTerms(terms) === policy.termsHash ? null : policy.table
}

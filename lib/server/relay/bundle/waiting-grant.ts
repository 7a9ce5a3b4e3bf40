/**
 * SQL of the grant that has to travel along with the next intent of session `s`, if any: the first one while the
 * session is not on chain, errors included; else the latest renewal that the chain would still take.
 * @param nowSeconds SQL of the chain's clock.
 */
export function waitingGrant(nowSeconds: string): string {
  return `
    SELECT * FROM "SessionGrant" g
    WHERE g."sessionId" = s.id AND (s.status = 'pending' OR (
      s.status = 'active' AND g."validUntil" > s."validUntil" AND g.error IS NULL AND g.deadline > ${nowSeconds}::bigint))
    ORDER BY CASE WHEN s.status = 'pending' THEN g."validUntil" END, g."validUntil" DESC LIMIT 1`
}

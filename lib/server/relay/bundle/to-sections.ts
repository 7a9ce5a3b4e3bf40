import { type Hex, size } from 'viem'
import {
  type BundleItem,
  type BundleSection,
  encodeSections,
} from '@/lib/intent/encode-bundle'
import type { SessionKey } from '@/lib/session/session'
import { readTable } from '../../session/table-columns'
import type { QueuedIntent } from './read-queue'

type Section = BundleSection & { items: BundleItem[] }

/**
 * The bundle's `sections`: intents that share policy and table stand together, which keeps each lane's order; the
 * first of a session carries its grant.
 * @throws when a row is not what it should be, before the chain would stumble over it
 */
export function toSections(
  intents: readonly QueuedIntent[],
  grants: ReadonlyMap<Hex, Hex>,
): Hex {
  const sections = new Map<string, Section>()
  const carried = new Set<Hex>()
  for (const { policyId, table, packed, ...intent } of intents) {
    const section = sections.get(`${policyId}:${table}`)
    const { items } = section ?? openSection(sections, policyId, table)
    const { account, epoch, sessionId } = intent
    const grant = carried.has(sessionId) ? undefined : grants.get(sessionId)
    carried.add(sessionId)
    const identity = { account, epoch, key: checkKey(intent.key) }
    items.push(
      grant
        ? { ...identity, grant, intent: packed }
        : { ...identity, intent: packed },
    )
  }
  return encodeSections([...sections.values()])
}

function openSection(
  sections: Map<string, Section>,
  policyId: Hex,
  table: Hex,
): Section {
  readTable(table)
  const section: Section = { policyId, table, items: [] }
  sections.set(`${policyId}:${table}`, section)
  return section
}

/** A key with as many bytes as its scheme has. */
function checkKey(key: SessionKey): SessionKey {
  const sizes: Record<string, number> = { p256: 64, secp256k1: 20 }
  if (size(key.publicKey) === sizes[key.scheme]) return key
  throw new TypeError('not a session key')
}

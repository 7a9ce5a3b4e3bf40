import type { AdmissionFacts } from './admission-facts'
import type { Allowance } from './assert-allowed'
import type { AdmittedIntent } from './store-intent'

/** Counts an intent in the facts of its session, so that the next one is judged behind it. */
export function noteAdmitted(
  facts: AdmissionFacts,
  { id, intent }: Pick<AdmittedIntent, 'id' | 'intent'>,
  { charges, usage }: Allowance,
): void {
  const { lane, sequence } = intent
  facts.session.usage = usage
  facts.lanes.set(lane, sequence + 1)
  facts.pending.push({ id, lane, sequence })
  facts.reserved.push(charges)
}

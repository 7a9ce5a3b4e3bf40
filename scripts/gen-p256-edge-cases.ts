// Writes contracts/test/fixtures/p256-edge-cases.json: signatures of P-256 in
// the classes of Project Wycheproof's vectors, each made so that it hits one
// edge of the arithmetic. Nothing is random: every run writes the same file.
// OpenSSL (over digests) and noble-curves (over hashes) must agree with every
// answer, or nothing is written.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { finite, liftFrom } from './p256-edge-cases/curve'
import { wrongKeys, wrongSizes } from './p256-edge-cases/encodings'
import { addExtremes, addMeetings } from './p256-edge-cases/extremes'
import { addHashes, addKeys } from './p256-edge-cases/keys'
import { addOrdinary, addRefused, addSmall } from './p256-edge-cases/ordinary'
import { reaching } from './p256-edge-cases/sign'
import { concat, digests, hashes } from './p256-edge-cases/vectors'

addOrdinary()
addRefused()
addSmall()
addExtremes()
addMeetings()
addKeys()
addHashes()
const [smallPoint] = liftFrom(1n, 1n, 1)
const small = reaching(finite(smallPoint), 1n)
digests.add(true, 'SignatureSize: 64 bytes', small)

const list = (values: Record<string, Hex>) =>
  Object.entries(values).map(([comment, value]) => ({ comment, value }))

const fixture = {
  digests: { valid: list(digests.valid), invalid: list(digests.invalid) },
  hashes: { valid: list(hashes.valid), invalid: list(hashes.invalid) },
  small: concat([small.message, small.r, small.s, small.key.x, small.key.y]),
  keys: list(wrongKeys(small.key)),
  sizes: list(wrongSizes(small)),
}
const file = join(
  import.meta.dirname,
  '../contracts/test/fixtures/p256-edge-cases.json',
)
writeFileSync(file, `${JSON.stringify(fixture, null, 2)}\n`)

const counts: Record<string, number> = {}
for (const [kind, values] of Object.entries({
  'digests valid': digests.valid,
  'digests invalid': digests.invalid,
  'hashes valid': hashes.valid,
  'hashes invalid': hashes.invalid,
})) {
  for (const comment of Object.keys(values)) {
    const name = `${kind} ${comment.split(':')[0]}`
    counts[name] = (counts[name] ?? 0) + 1
  }
}
console.table(counts)

import {
  type Hex,
  hexToBytes,
  keccak256,
  type TypedDataDefinition,
  toHex,
} from 'viem'
import {
  domainSeparatorBytes,
  type SigningDomain,
  typedDataDomain,
} from '../session/typed-data-domain'
import type { Call, Intent } from './intent'

/** EIP-712 types of an intent, in the contract's order. */
export const intentTypes = {
  Intent: [
    { name: 'account', type: 'address' },
    { name: 'sessionId', type: 'bytes32' },
    { name: 'lane', type: 'uint32' },
    { name: 'sequence', type: 'uint32' },
    { name: 'calls', type: 'Call[]' },
    { name: 'expiry', type: 'uint40' },
    { name: 'callGas', type: 'uint32' },
  ],
  Call: [
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'data', type: 'bytes' },
  ],
} as const

/** What the session key signs (EIP-712). */
export function intentTypedData({
  intent,
  ...domain
}: { intent: Intent } & SigningDomain): TypedDataDefinition<
  typeof intentTypes,
  'Intent'
> {
  return {
    domain: typedDataDomain(domain),
    types: intentTypes,
    primaryType: 'Intent',
    message: intent,
  }
}

const callTypeText = 'Call(address to,uint256 value,bytes data)'
const intentTypeHash = keccak256(
  toHex(
    `Intent(address account,bytes32 sessionId,uint32 lane,uint32 sequence,Call[] calls,uint40 expiry,uint32 callGas)${callTypeText}`,
  ),
  'bytes',
)
const callTypeHash = keccak256(toHex(callTypeText), 'bytes')

/** Hashes of calls seen before: a game's moves are few, and come again and again. */
const knownCalls = new Map<string, Uint8Array>()
const KNOWN_CALLS_MAX = 2_048
const KNOWN_CALL_DATA_MAX = 2 + 2 * 260

function hashCall({ to, value, data }: Call): Uint8Array {
  const name = `${to}:${value}:${data}`
  const known = knownCalls.get(name)
  if (known) return known
  const words = new Uint8Array(4 * 32)
  words.set(callTypeHash, 0)
  words.set(hexToBytes(to), 32 + 12)
  words.set(hexToBytes(toHex(value, { size: 32 })), 64)
  words.set(keccak256(hexToBytes(data), 'bytes'), 96)
  const hash = keccak256(words, 'bytes')
  if (data.length <= KNOWN_CALL_DATA_MAX) {
    if (knownCalls.size >= KNOWN_CALLS_MAX) knownCalls.clear()
    knownCalls.set(name, hash)
  }
  return hash
}

function hashCalls(calls: readonly Call[]): Uint8Array {
  const hashes = new Uint8Array(calls.length * 32)
  calls.forEach((call, index) => {
    hashes.set(hashCall(call), index * 32)
  })
  return keccak256(hashes, 'bytes')
}

/** Writes a whole number at the end of the word that starts at `at`. */
function writeNumber(words: DataView, at: number, value: number): void {
  words.setUint32(at + 24, Math.floor(value / 2 ** 32))
  words.setUint32(at + 28, value % 2 ** 32)
}

/**
 * EIP-712 digest of an intent, which is also its `callsId` (EIP-5792). A P-256 key signs `sha256` of it.
 * The same as viem's `hashTypedData(intentTypedData(…))`, many times faster: the relay hashes each intent it admits.
 */
export function hashIntent({
  intent,
  ...domain
}: { intent: Intent } & SigningDomain): Hex {
  const words = new Uint8Array(8 * 32)
  const view = new DataView(words.buffer)
  words.set(intentTypeHash, 0)
  words.set(hexToBytes(intent.account), 32 + 12)
  words.set(hexToBytes(intent.sessionId), 64)
  writeNumber(view, 96, intent.lane)
  writeNumber(view, 128, intent.sequence)
  words.set(hashCalls(intent.calls), 160)
  writeNumber(view, 192, intent.expiry)
  writeNumber(view, 224, intent.callGas)
  const signed = new Uint8Array(2 + 64)
  signed.set([0x19, 0x01])
  signed.set(domainSeparatorBytes(domain), 2)
  signed.set(keccak256(words, 'bytes'), 34)
  return keccak256(signed)
}

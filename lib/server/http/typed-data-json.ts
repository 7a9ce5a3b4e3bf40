import type { TypedDataJson } from '@/lib/rpc/calls-methods'

/** EIP-712 typed data as JSON: bigint as decimal string, which signers read as numbers. */
export function toTypedDataJson(definition: {
  domain?: unknown
  types: unknown
  primaryType: unknown
  message: unknown
}): TypedDataJson {
  return JSON.parse(
    JSON.stringify(definition, (_, value) =>
      typeof value === 'bigint' ? value.toString() : value,
    ),
  ) as TypedDataJson
}

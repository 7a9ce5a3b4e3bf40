import type { Hex } from 'viem'
import { codeOfContractError } from '@/lib/session/contract-error'

/** Error code that an event's four bytes stand for; `call_reverted` for an error of the game itself, or none. */
export function reasonOfSelector(selector: Hex | null): string {
  return (selector && codeOfContractError(selector)) || 'call_reverted'
}

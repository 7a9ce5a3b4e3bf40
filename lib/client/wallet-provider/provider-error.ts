import { ProviderRpcError } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { errorTable } from '@/lib/errors/error-table'
import { toWalletError } from '../wallet-error'

/** Any error as EIP-1193 wants it: the standard's code where there is one, our code and remedy in `data`. */
export function toProviderError(error: unknown): ProviderRpcError<object> {
  const known = error instanceof PlaykeyError ? error : toWalletError(error)
  const { code, message, remedy, details } = known
  const row = errorTable[code]
  return new ProviderRpcError(known, {
    code: row.eip5792 ?? row.jsonRpc,
    shortMessage: `${message} ${remedy}`,
    data: { code, remedy, details },
  })
}

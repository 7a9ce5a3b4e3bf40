import { PlaykeyError } from '@/lib/errors/base-error'
import type { ErrorCode } from '@/lib/errors/error-table'

const codeByNumber: Readonly<Record<number, ErrorCode>> = {
  4001: 'user_rejected',
  4100: 'unauthorised',
  4200: 'unsupported_method',
  4900: 'wallet_disconnected',
  4902: 'unsupported_chain',
  5710: 'unsupported_chain',
}

const codeByName: Readonly<Record<string, ErrorCode>> = {
  UserRejectedRequestError: 'user_rejected',
  ConnectorNotConnectedError: 'wallet_disconnected',
  ConnectorAccountNotFoundError: 'wallet_account_changed',
  ConnectorChainMismatchError: 'unsupported_chain',
  ProviderNotFoundError: 'wallet_disconnected',
}

function codeOf(error: unknown): ErrorCode | null {
  if (typeof error !== 'object' || error === null) return null
  const { code, name } = error as { code?: unknown; name?: unknown }
  const byNumber = typeof code === 'number' ? codeByNumber[code] : undefined
  const byName =
    typeof name === 'string' && Object.hasOwn(codeByName, name)
      ? codeByName[name]
      : undefined
  return byNumber ?? byName ?? null
}

/** What a wallet threw as a typed error: wallets nest the one code that matters at any depth. */
export function toWalletError(error: unknown): PlaykeyError {
  if (error instanceof PlaykeyError) return error
  let current: unknown = error
  for (let depth = 0; depth < 16 && current; depth += 1) {
    const code = codeOf(current)
    if (code) return new PlaykeyError(code, { cause: error })
    current = (current as { cause?: unknown }).cause
  }
  return new PlaykeyError('unsupported_method', {
    message: 'The wallet could not do this.',
    remedy: 'Try again, or use another wallet.',
    cause: error,
  })
}

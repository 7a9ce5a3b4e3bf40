import 'client-only'
import type { Address, Hex } from 'viem'
import type { Config, Connector } from 'wagmi'
import { disconnect } from 'wagmi/actions'
import {
  buildSiweMessage,
  SIWE_LIFETIME_SECONDS,
} from '@/lib/auth/siwe-message'
import { PlaykeyError } from '@/lib/errors/base-error'
import { type ErrorCode, errorTable } from '@/lib/errors/error-table'
import { currentWagmiConfig } from './wagmi-config'
import { toWalletError } from './wallet-error'

async function readJson<T>(request: Promise<Response>): Promise<T> {
  let response: Response
  try {
    response = await request
  } catch (cause) {
    throw new PlaykeyError('connection_lost', {
      remedy: 'Check the connection and try again.',
      cause,
    })
  }
  const body = (await response.json().catch(() => null)) as T | null
  if (body === null) throw new PlaykeyError('temporarily_unavailable')
  return body
}

async function postForm<T>(
  path: string,
  fields: Record<string, string>,
): Promise<T> {
  const { csrfToken } = await readJson<{ csrfToken: string }>(
    fetch('/api/auth/csrf', { cache: 'no-store' }),
  )
  return readJson<T>(
    fetch(path, {
      method: 'POST',
      body: new URLSearchParams({ ...fields, csrfToken, json: 'true' }),
    }),
  )
}

/** Error code in the address that the login answers with, or null when it succeeded. */
function refusalIn(url: string): ErrorCode | null {
  const error = new URL(url, window.location.origin).searchParams.get('error')
  if (!error) return null
  return Object.hasOwn(errorTable, error)
    ? (error as ErrorCode)
    : 'login_message_invalid'
}

async function requestNonce(): Promise<{ nonce: string; issuedAtMs: number }> {
  const answer = await readJson<{ nonce?: string; expiresAt?: string }>(
    fetch('/api/login/nonce', { cache: 'no-store' }),
  )
  if (!answer.nonce || !answer.expiresAt) throw new PlaykeyError('rate_limited')
  // The server's clock, not this device's: a login must not fail on a wrong clock.
  const issuedAtMs =
    Date.parse(answer.expiresAt) - SIWE_LIFETIME_SECONDS * 1_000
  return { nonce: answer.nonce, issuedAtMs }
}

/** How the message gets signed: by the wallet, with one prompt. */
export type SignMessage = (message: string) => Promise<Hex>

/**
 * Logs `address` in: Sign-In with Ethereum (EIP-4361) with a single-use nonce of the server.
 * @throws PlaykeyError `user_rejected`, `login_…`, `connection_lost` …
 */
export async function logIn(input: {
  address: Address
  chainId: number
  signMessage: SignMessage
}): Promise<void> {
  const { address, chainId, signMessage } = input
  const { nonce, issuedAtMs } = await requestNonce()
  const { origin } = window.location
  const message = buildSiweMessage({
    ...{ address, chainId, nonce, origin, issuedAtMs },
  })
  const signature = await signMessage(message).catch((error) => {
    throw toWalletError(error)
  })
  const { url } = await postForm<{ url?: string }>('/api/auth/callback/siwe', {
    message,
    signature,
    callbackUrl: origin,
  })
  if (!url) throw new PlaykeyError('temporarily_unavailable')
  const refusal = refusalIn(url)
  if (refusal) throw new PlaykeyError(refusal)
}

/** Ends the login and forgets the wallet's connection. Sessions and their keys stay: ending those is `revoke`. */
export async function logOut(): Promise<void> {
  await postForm('/api/auth/signout', { callbackUrl: window.location.origin })
  const wagmi = currentWagmiConfig()
  if (wagmi) await forgetWallet(wagmi)
}

/** Disconnects every wallet; one that cannot is forgotten all the same. */
export async function forgetWallet(
  wagmi: Config,
  connector?: Connector,
): Promise<void> {
  await disconnect(wagmi, connector ? { connector } : {}).catch(() => undefined)
}

import { type Address, getAddress, type Hex, isHex, verifyMessage } from 'viem'
import {
  createSiweMessage,
  parseSiweMessage,
  type SiweMessage,
} from 'viem/siwe'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { ChainClient } from '../chain/chain-client'
import type { Database } from '../db/database'
import { consumeLoginNonce } from './login-nonce'

const MAX_MESSAGE_LENGTH = 2_048
const MAX_SIGNATURE_LENGTH = 8_192
const MAX_AGE_MS = 300_000
const MAX_LIFETIME_MS = 900_000
const CLOCK_SLACK_MS = 60_000

type SiweFields = ReturnType<typeof parseSiweMessage>

export type SiweExpectation = {
  /** Public origin of the app, for example `http://127.0.0.1:3000`. */
  appUrl: string
  chainId: number
  nowMs: number
}

/**
 * Verifies a Sign-In with Ethereum message (EIP-4361) of an EOA or a contract wallet (ERC-1271, ERC-6492).
 * The nonce is used up by any attempt that names it, whatever else is wrong.
 * @throws PlaykeyError `login_message_invalid` with `details.field`, `login_nonce_invalid`, `login_expired` or `login_signature_invalid`.
 */
export async function verifySiwe(
  credentials: { message: string; signature: string },
  expected: SiweExpectation,
  context: { database: Database; client: ChainClient },
): Promise<Address> {
  const { message, signature } = credentials
  if (message.length > MAX_MESSAGE_LENGTH) throw invalid('message')
  const fields = parseSiweMessage(message)
  const isFresh = await consumeNamedNonces(
    context.database,
    message,
    fields.nonce,
  )
  if (!fields.nonce) throw invalid('nonce')
  if (!isFresh) throw new PlaykeyError('login_nonce_invalid')
  const address = checkFields(message, fields, expected)
  if (!isHex(signature) || signature.length > MAX_SIGNATURE_LENGTH)
    throw new PlaykeyError('login_signature_invalid')
  if (!(await isSignedBy(address, message, signature, context.client)))
    throw new PlaykeyError('login_signature_invalid')
  return address
}

/** Uses up every nonce that the text names, however it names it. @returns whether `nonce` was good */
async function consumeNamedNonces(
  database: Database,
  message: string,
  nonce: string | undefined,
): Promise<boolean> {
  const named = [...message.matchAll(/^Nonce: ([a-zA-Z0-9]+)$/gm)]
  let isFresh = false
  for (const [, candidate = ''] of named.slice(0, 4))
    if (await consumeLoginNonce(database, candidate))
      isFresh ||= candidate === nonce
  return isFresh
}

function checkFields(
  message: string,
  fields: SiweFields,
  expected: SiweExpectation,
): Address {
  const origin = new URL(expected.appUrl)
  if (!fields.address) throw invalid('address')
  if (fields.domain !== origin.host) throw invalid('domain')
  if (fields.scheme && `${fields.scheme}:` !== origin.protocol)
    throw invalid('scheme')
  if (!fields.uri || originOf(fields.uri) !== origin.origin)
    throw invalid('uri')
  if (fields.version !== '1') throw invalid('version')
  if (fields.chainId !== expected.chainId) throw invalid('chainId')
  if (fields.resources) throw invalid('resources')
  checkTimes(fields, expected.nowMs)
  // Whoever adds a line, or a second copy of one, does not get the same text back.
  if (rebuild(fields) !== message) throw invalid('message')
  return getAddress(fields.address)
}

function checkTimes(fields: SiweFields, nowMs: number): void {
  const issuedMs = fields.issuedAt?.getTime() ?? Number.NaN
  const expiryMs = fields.expirationTime?.getTime() ?? Number.NaN
  if (Number.isNaN(issuedMs)) throw invalid('issuedAt')
  if (Number.isNaN(expiryMs)) throw invalid('expirationTime')
  if (issuedMs > nowMs + CLOCK_SLACK_MS) throw invalid('issuedAt')
  if (expiryMs - issuedMs > MAX_LIFETIME_MS) throw invalid('expirationTime')
  if (fields.notBefore && !(fields.notBefore.getTime() <= nowMs))
    throw invalid('notBefore')
  if (issuedMs < nowMs - MAX_AGE_MS || expiryMs <= nowMs)
    throw new PlaykeyError('login_expired')
}

function rebuild(fields: SiweFields): string | null {
  try {
    return createSiweMessage(fields as SiweMessage)
  } catch {
    return null
  }
}

async function isSignedBy(
  address: Address,
  message: string,
  signature: Hex,
  client: ChainClient,
): Promise<boolean> {
  const byKey = await verifyMessage({ address, message, signature }).catch(
    () => false,
  )
  return (
    byKey ||
    client.verifyMessage({ address, message, signature }).catch(() => false)
  )
}

function originOf(uri: string): string | null {
  return URL.canParse(uri) ? new URL(uri).origin : null
}

function invalid(field: string): PlaykeyError {
  return new PlaykeyError('login_message_invalid', { details: { field } })
}

import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildSiweMessage } from '@/lib/auth/siwe-message'
import { getServerEnv } from '@/lib/config/env'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { issueLoginNonce } from './login-nonce'
import { verifySiwe } from './verify-siwe'

let stack: RelayStack
const wallet = privateKeyToAccount(generatePrivateKey())

beforeAll(async () => {
  stack = await startRelayStack()
})
afterAll(() => stack?.stop())

async function newMessage(): Promise<string> {
  const env = getServerEnv()
  const { nonce } = await issueLoginNonce(stack.database)
  return buildSiweMessage({
    ...{ address: wallet.address, chainId: env.CHAIN_ID, nonce },
    ...{ origin: env.APP_URL, issuedAtMs: Date.now() },
  })
}

async function logIn(
  message: string,
  options: { signature?: string; nowMs?: number } = {},
): Promise<string> {
  const env = getServerEnv()
  const signature = options.signature ?? (await wallet.signMessage({ message }))
  return verifySiwe(
    { message, signature },
    {
      ...{ appUrl: env.APP_URL, chainId: env.CHAIN_ID },
      nowMs: options.nowMs ?? Date.now(),
    },
    stack,
  ).catch((error) =>
    [error.code, error.details?.field].filter(Boolean).join(':'),
  )
}

describe('verifySiwe', () => {
  test('behavior: the owner of the wallet is let in, once per nonce', async () => {
    const message = await newMessage()
    expect(await logIn(message)).toBe(wallet.address)
    expect(await logIn(message)).toBe('login_nonce_invalid')
  })

  test('behavior: of two logins with one nonce exactly one wins', async () => {
    const message = await newMessage()
    const results = await Promise.all([1, 2, 3].map(() => logIn(message)))
    expect(results.filter((result) => result === wallet.address)).toHaveLength(
      1,
    )
  })

  test('behavior: a failed attempt uses the nonce up', async () => {
    const message = await newMessage()
    const signature = `0x${'11'.repeat(65)}`
    expect(await logIn(message, { signature })).toBe('login_signature_invalid')
    expect(await logIn(message)).toBe('login_nonce_invalid')
  })

  const later = '2030-01-01T00:00:00.000Z'
  const cases: [string, (message: string) => string, string][] = [
    [
      'domain',
      (m) => m.replace(/localhost:3000 wants/, 'evil.example wants'),
      'login_message_invalid:domain',
    ],
    [
      'port',
      (m) => m.replace(/localhost:3000 wants/, 'localhost:3001 wants'),
      'login_message_invalid:domain',
    ],
    [
      'scheme',
      (m) => m.replace(/^http:/, 'https:'),
      'login_message_invalid:scheme',
    ],
    [
      'URI',
      (m) => m.replace(/URI: .*/, 'URI: https://evil.example'),
      'login_message_invalid:uri',
    ],
    [
      'version',
      (m) => m.replace('Version: 1', 'Version: 2'),
      'login_message_invalid:version',
    ],
    [
      'chain',
      (m) => m.replace('Chain ID: 31337', 'Chain ID: 1'),
      'login_message_invalid:chainId',
    ],
    [
      'nonce missing',
      (m) => m.replace(/Nonce: .*\n/, ''),
      'login_message_invalid:nonce',
    ],
    [
      'nonce of nobody',
      (m) => m.replace(/Nonce: .*/, 'Nonce: abcdefgh12345678'),
      'login_nonce_invalid',
    ],
    [
      'no expiration',
      (m) => m.replace(/\nExpiration Time: .*/, ''),
      'login_message_invalid:expirationTime',
    ],
    [
      'expiration "banana"',
      (m) => m.replace(/Expiration Time: .*/, 'Expiration Time: banana'),
      'login_message_invalid:expirationTime',
    ],
    [
      'expiration far away',
      (m) => m.replace(/Expiration Time: .*/, `Expiration Time: ${later}`),
      'login_message_invalid:expirationTime',
    ],
    [
      'issued in the future',
      (m) => m.replace(/Issued At: .*/, `Issued At: ${later}`),
      'login_message_invalid:issuedAt',
    ],
    [
      'not before the future',
      (m) => `${m}\nNot Before: ${later}`,
      'login_message_invalid:notBefore',
    ],
    [
      'an injected line',
      (m) => m.replace('\nVersion', '\nNonce: evil1234\nVersion'),
      'login_message_invalid:nonce',
    ],
    [
      'a line at the end',
      (m) => `${m}\nNonce: evil12345`,
      'login_message_invalid:message',
    ],
    [
      'resources',
      (m) => `${m}\nResources:\n- https://evil.example`,
      'login_message_invalid:resources',
    ],
    [
      'address without checksum',
      (m) => m.replace(wallet.address, wallet.address.toLowerCase()),
      'login_message_invalid:message',
    ],
    [
      'address of someone else',
      (m) =>
        m.replace(wallet.address, '0x90F79bf6EB2c4f870365E785982E1f101E93b906'),
      'login_signature_invalid',
    ],
    [
      'a novel',
      (m) => `${m}${'x'.repeat(5_000)}`,
      'login_message_invalid:message',
    ],
  ]
  test.each(cases)('error: wrong %s', async (_, change, expected) => {
    expect(await logIn(change(await newMessage()))).toBe(expected)
  })

  test('error: too old, expired', async () => {
    const nowMs = Date.now() + 301_000
    expect(await logIn(await newMessage(), { nowMs })).toBe('login_expired')
  })

  test('error: a nonce that expired', async () => {
    const message = await newMessage()
    await stack.database.prisma.loginNonce.updateMany({
      data: { expiresAt: new Date(Date.now() - 1) },
    })
    expect(await logIn(message)).toBe('login_nonce_invalid')
  })
})

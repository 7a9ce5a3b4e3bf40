import { parseSiweMessage, validateSiweMessage } from 'viem/siwe'
import { expect, test } from 'vitest'
import { type Actor, findActorStudio } from './roles'
import { buildSiweMessage, SIWE_STATEMENT } from './siwe-message'

const address = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'

test('behavior: the message names domain, URI, chain, nonce and expiry', () => {
  const issuedAtMs = Date.UTC(2030, 0, 1)
  const message = buildSiweMessage({
    address: address.toLowerCase() as typeof address,
    chainId: 31337,
    nonce: 'abcdefgh12345678',
    origin: 'http://localhost:3000',
    issuedAtMs,
  })
  const parsed = parseSiweMessage(message)
  expect(parsed).toMatchObject({
    address,
    chainId: 31337,
    domain: 'localhost:3000',
    scheme: 'http',
    uri: 'http://localhost:3000',
    nonce: 'abcdefgh12345678',
    statement: SIWE_STATEMENT,
  })
  const at = (seconds: number) =>
    validateSiweMessage({
      message: parsed,
      time: new Date(issuedAtMs + seconds * 1_000),
    })
  expect(at(299)).toBe(true)
  expect(at(301)).toBe(false)
})

test('behavior: an actor sees only its own studios', () => {
  const actor: Actor = {
    userId: 'u',
    address,
    isAdmin: true,
    studios: [{ id: '1', slug: 'lantern' }],
  }
  expect(findActorStudio(actor, 'lantern')).toEqual({
    id: '1',
    slug: 'lantern',
  })
  expect(findActorStudio(actor, 'other')).toBeNull()
})

import { P256 } from 'ox'
import { keccak256, sha256, toHex } from 'viem'
import { describe, expect, test, vi } from 'vitest'
import { isLowS } from '@/lib/intent/normalize-signature'
import { createMemoryBackend, type KeyBackend } from './key-backend'
import { KeyStore, probeBackend } from './key-store'
import { generateP256Key } from './p256-key'
import type { SessionRecord } from './session-record'

const digest = keccak256(toHex('digest'))

describe('KeyStore', () => {
  test('behavior: a key signs sha256(digest), low-s, and cannot be read', async () => {
    const store = new KeyStore(createMemoryBackend())
    const { publicKey } = await store.createKey()
    for (let round = 0; round < 20; round += 1) {
      const signature = await store.sign(publicKey, digest)
      expect(isLowS(signature)).toBe(true)
      const isValid = P256.verify({
        payload: sha256(digest),
        publicKey: `0x04${publicKey.slice(2)}`,
        signature: {
          r: `0x${signature.slice(2, 66)}`,
          s: `0x${signature.slice(66)}`,
        },
      })
      expect(isValid).toBe(true)
    }
  })

  test('error: the private half cannot be exported', async () => {
    const { keys } = await generateP256Key()
    for (const format of ['pkcs8', 'jwk'] as const) {
      await expect(
        crypto.subtle.exportKey(format, keys.privateKey),
      ).rejects.toThrow()
    }
  })

  test('behavior: wiping removes key and record and tells listeners', async () => {
    const store = new KeyStore(createMemoryBackend())
    const { publicKey } = await store.createKey()
    const listener = vi.fn()
    const stop = store.subscribe(listener)
    const sessionId = digest
    await store.saveRecord({ publicKey, sessionId } as SessionRecord)
    expect(await store.findRecord(sessionId)).toMatchObject({ publicKey })
    await store.wipe(publicKey)
    expect(await store.findRecord(sessionId)).toBeNull()
    expect(await store.hasKey(publicKey)).toBe(false)
    expect(listener).toHaveBeenCalledTimes(2)
    stop()
    await expect(store.sign(publicKey, digest)).rejects.toMatchObject({
      code: 'session_key_missing',
    })
  })
})

test('behavior: sweeping wipes keys that were never granted anything', async () => {
  const store = new KeyStore(createMemoryBackend())
  const [granted, declined] = [await store.createKey(), await store.createKey()]
  const { publicKey } = granted
  await store.saveRecord({ publicKey, sessionId: digest } as SessionRecord)
  await store.sweep()
  expect(await store.hasKey(publicKey)).toBe(true)
  expect(await store.hasKey(declined.publicKey)).toBe(false)
})

describe('probeBackend', () => {
  test('behavior: passes and leaves nothing behind', async () => {
    const backend = createMemoryBackend()
    const deleted: string[] = []
    const watched: KeyBackend = {
      ...backend,
      deleteKey: async (publicKey) => {
        deleted.push(publicKey)
        await backend.deleteKey(publicKey)
      },
    }
    await probeBackend(watched)
    expect(deleted).toHaveLength(1)
    expect(await backend.getKey(deleted[0] as `0x${string}`)).toBeNull()
  })

  test('error: a store that loses, refuses or keeps keys', async () => {
    const backend = createMemoryBackend()
    const broken: Partial<KeyBackend>[] = [
      { getKey: async () => null },
      {
        putKey: async () => {
          throw new DOMException('no', 'DataCloneError')
        },
      },
      { deleteKey: async () => undefined },
    ]
    for (const change of broken) {
      await expect(probeBackend({ ...backend, ...change })).rejects.toThrow()
    }
  })
})

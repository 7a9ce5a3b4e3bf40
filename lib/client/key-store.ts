import 'client-only'
import { type Hex, keccak256 } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { SessionKey } from '@/lib/session/session'
import {
  createMemoryBackend,
  type KeyBackend,
  openIndexedDbBackend,
} from './key-backend'
import { generateP256Key, signDigest, verifyDigest } from './p256-key'
import type { SessionRecord } from './session-record'

const CHANNEL = 'playkey.sessions'
const PROBE_TIMEOUT_MS = 4_000

/** Shown when keys cannot be kept. */
export const MEMORY_NOTICE =
  'This browser cannot keep the session key: the session lasts until you close this tab.'

/** Session keys of this browser. Private keys cannot leave it: they are WebCrypto handles without export. */
export class KeyStore {
  readonly #backend: KeyBackend
  readonly #channel: BroadcastChannel | null
  readonly #listeners = new Set<() => void>()

  constructor(backend: KeyBackend) {
    this.#backend = backend
    const isShared =
      backend.kind === 'indexeddb' && typeof BroadcastChannel !== 'undefined'
    this.#channel = isShared ? new BroadcastChannel(CHANNEL) : null
    this.#channel?.addEventListener('message', () => this.#notify())
  }

  /** `memory` means that sessions end with this tab, which the page must say. */
  get storage(): 'indexeddb' | 'memory' {
    return this.#backend.kind
  }

  /** New key, stored and read back before it is handed out. @throws PlaykeyError `key_storage_failed`. */
  async createKey(): Promise<SessionKey> {
    const { keys, publicKey } = await generateP256Key()
    await this.#backend.putKey(publicKey, keys)
    await assertUsable(this.#backend, publicKey)
    return { scheme: 'p256', publicKey }
  }

  /** Whether this browser holds the key. */
  async hasKey(publicKey: Hex): Promise<boolean> {
    return (await this.#backend.getKey(publicKey)) !== null
  }

  /** Signs `digest` with the key. @throws PlaykeyError `session_key_missing`. */
  async sign(publicKey: Hex, digest: Hex): Promise<Hex> {
    const keys = await this.#backend.getKey(publicKey)
    if (!keys) throw new PlaykeyError('session_key_missing')
    return signDigest(keys, digest)
  }

  /** Signer that looks the key up once; for signing at key-repeat speed. @throws PlaykeyError `session_key_missing`. */
  async getSigner(publicKey: Hex): Promise<(digest: Hex) => Promise<Hex>> {
    const keys = await this.#backend.getKey(publicKey)
    if (!keys) throw new PlaykeyError('session_key_missing')
    return (digest) => signDigest(keys, digest)
  }

  /** Remembers the session that `record.publicKey` was granted. Other tabs hear of it. */
  async saveRecord(record: SessionRecord): Promise<void> {
    await this.#backend.putRecord(record)
    this.#announce()
  }

  /** Every remembered session, newest first. */
  async listRecords(): Promise<SessionRecord[]> {
    const records = await this.#backend.listRecords()
    return records.sort((a, b) => b.createdAtMs - a.createdAtMs)
  }

  /** Remembered session of that id, or null. */
  async findRecord(sessionId: Hex): Promise<SessionRecord | null> {
    const records = await this.#backend.listRecords()
    return records.find((record) => record.sessionId === sessionId) ?? null
  }

  /** Wipes key and record. Only after the chain confirmed the end of the session, or when the key was never granted anything. */
  async wipe(publicKey: Hex): Promise<void> {
    await this.#backend.deleteKey(publicKey)
    await this.#backend.deleteRecord(publicKey)
    this.#announce()
  }

  /** Wipes keys that were made for a grant that never came. Only while no other tab of this browser is open: it may be about to use one. */
  async sweep(): Promise<void> {
    const records = await this.#backend.listRecords()
    const known = new Set(records.map((record) => record.publicKey))
    for (const publicKey of await this.#backend.listKeys()) {
      if (!known.has(publicKey)) await this.#backend.deleteKey(publicKey)
    }
  }

  /** Calls `listener` when another tab, or this one, saved or wiped a session. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #announce(): void {
    this.#channel?.postMessage('changed')
    this.#notify()
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
  }
}

async function assertUsable(
  backend: KeyBackend,
  publicKey: Hex,
): Promise<void> {
  const keys = await backend.getKey(publicKey)
  const digest = keccak256(publicKey)
  const isUsable =
    keys !== null &&
    !keys.privateKey.extractable &&
    (await verifyDigest(keys, digest, await signDigest(keys, digest)))
  if (!isUsable) throw new PlaykeyError('key_storage_failed')
}

/** Generates, stores, reads, signs, verifies and deletes a key: what browsers in private or locked-down modes fail at. @throws whatever failed. */
export async function probeBackend(backend: KeyBackend): Promise<void> {
  const { keys, publicKey } = await generateP256Key()
  await backend.putKey(publicKey, keys)
  try {
    await assertUsable(backend, publicKey)
  } finally {
    await backend.deleteKey(publicKey)
  }
  if ((await backend.getKey(publicKey)) !== null) {
    throw new PlaykeyError('key_storage_failed')
  }
}

function rejectAfter(timeoutMs: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new PlaykeyError('key_storage_failed')), timeoutMs)
  })
}

async function openProbed(): Promise<KeyStore> {
  try {
    const backend = await Promise.race([
      openIndexedDbBackend().then(async (opened) => {
        await probeBackend(opened)
        return opened
      }),
      rejectAfter(PROBE_TIMEOUT_MS),
    ])
    // Asks not to be evicted; browsers may refuse, and then nothing changes.
    void navigator.storage?.persist?.().catch(() => false)
    const keyStore = new KeyStore(backend)
    await sweepIfAlone(keyStore)
    return keyStore
  } catch {
    return new KeyStore(createMemoryBackend())
  }
}

const PRESENCE = 'playkey.open'

/** Every tab holds the presence lock in shared mode; the one that gets it exclusively is alone and may sweep. */
async function sweepIfAlone(keyStore: KeyStore): Promise<void> {
  const locks = navigator.locks
  if (!locks) return
  await locks.request(PRESENCE, { ifAvailable: true }, (lock) =>
    lock ? keyStore.sweep() : undefined,
  )
  // Held until the tab closes.
  void locks.request(
    PRESENCE,
    { mode: 'shared' },
    () => new Promise<void>(() => undefined),
  )
}

let opened: Promise<KeyStore> | undefined

/** The browser's one key store; in memory where IndexedDB fails the probe. */
export function openKeyStore(): Promise<KeyStore> {
  opened ??= openProbed()
  return opened
}

/** What this browser remembers of a session, if it holds its key. */
export async function findHeldRecord(
  sessionId: Hex,
): Promise<SessionRecord | null> {
  const keyStore = await openKeyStore()
  const record = await keyStore.findRecord(sessionId)
  return record && (await keyStore.hasKey(record.publicKey)) ? record : null
}

import 'client-only'
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Hex } from 'viem'
import type { SessionRecord } from './session-record'

/** Where keys and records lie. Private keys go in and out as `CryptoKey` handles, never as bytes. */
export type KeyBackend = {
  readonly kind: 'indexeddb' | 'memory'
  putKey(publicKey: Hex, keys: CryptoKeyPair): Promise<void>
  getKey(publicKey: Hex): Promise<CryptoKeyPair | null>
  deleteKey(publicKey: Hex): Promise<void>
  /** Names of all keys. */
  listKeys(): Promise<Hex[]>
  putRecord(record: SessionRecord): Promise<void>
  listRecords(): Promise<SessionRecord[]>
  deleteRecord(publicKey: Hex): Promise<void>
}

type Schema = DBSchema & {
  keys: { key: string; value: CryptoKeyPair }
  records: { key: string; value: SessionRecord }
}

const DATABASE = 'playkey'
const VERSION = 1

/** Keys in IndexedDB: survives reload, shared between the tabs of this origin. @throws when the browser has none. */
export async function openIndexedDbBackend(): Promise<KeyBackend> {
  const database: IDBPDatabase<Schema> = await openDB<Schema>(
    DATABASE,
    VERSION,
    {
      upgrade(db) {
        db.createObjectStore('keys')
        db.createObjectStore('records')
      },
      // Another tab wants a newer version: step aside, it reloads us.
      blocking: (_current, _blocked, event) => {
        ;(event.target as IDBDatabase).close()
      },
    },
  )
  return {
    kind: 'indexeddb',
    // Plain get by primary key: some browsers lose CryptoKeys in cursors.
    putKey: async (publicKey, keys) => {
      await database.put('keys', keys, publicKey)
    },
    getKey: async (publicKey) =>
      (await database.get('keys', publicKey)) ?? null,
    deleteKey: (publicKey) => database.delete('keys', publicKey),
    listKeys: async () => (await database.getAllKeys('keys')) as Hex[],
    putRecord: async (record) => {
      await database.put('records', record, record.publicKey)
    },
    listRecords: () => database.getAll('records'),
    deleteRecord: (publicKey) => database.delete('records', publicKey),
  }
}

/** Keys in memory: gone when the tab closes. The fallback where IndexedDB cannot keep a `CryptoKey`. */
export function createMemoryBackend(): KeyBackend {
  const keys = new Map<string, CryptoKeyPair>()
  const records = new Map<string, SessionRecord>()
  return {
    kind: 'memory',
    putKey: async (publicKey, pair) => {
      keys.set(publicKey, pair)
    },
    getKey: async (publicKey) => keys.get(publicKey) ?? null,
    deleteKey: async (publicKey) => {
      keys.delete(publicKey)
    },
    listKeys: async () => [...keys.keys()] as Hex[],
    putRecord: async (record) => {
      records.set(record.publicKey, structuredClone(record))
    },
    listRecords: async () => [...records.values()],
    deleteRecord: async (publicKey) => {
      records.delete(publicKey)
    },
  }
}

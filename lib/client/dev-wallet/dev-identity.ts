import type { Hex, PrivateKeyAccount } from 'viem'
import {
  generatePrivateKey,
  mnemonicToAccount,
  privateKeyToAccount,
} from 'viem/accounts'

/** Whom the development wallet can be. */
export type DevIdentity = 'new' | 'player' | 'studio' | 'admin'

/** Anvil's public test mnemonic. Everyone knows it: worth nothing but on local chains. */
const ANVIL_MNEMONIC =
  'test test test test test test test test test test test junk'

const anvilIndex: Record<Exclude<DevIdentity, 'new'>, number> = {
  studio: 1,
  admin: 2,
  player: 3,
}

/** Identities in the order of the connect sheet, with the words it shows. */
export const devIdentities: readonly {
  id: DevIdentity
  name: string
  hint: string
}[] = [
  { id: 'new', name: 'New player', hint: 'A fresh key of this browser' },
  { id: 'player', name: 'Demo player', hint: 'Has played before' },
  { id: 'studio', name: 'Demo studio', hint: 'Runs Lantern Games' },
  { id: 'admin', name: 'Demo admin', hint: 'Runs the platform' },
]

/** Where the wallet keeps its state: `localStorage` in browsers. */
export type DevStorage = Pick<Storage, 'getItem' | 'setItem'>

const KEY = 'playkey.dev-wallet'

type Stored = {
  /** Key of `new`, made at first use. */
  privateKey: Hex | null
  /** Identity that sites may see; null = not connected. */
  connected: DevIdentity | null
}

function isIdentity(value: unknown): value is DevIdentity {
  return devIdentities.some(({ id }) => id === value)
}

/** State of the wallet; anything unreadable counts as empty. */
export function readDevWallet(storage: DevStorage): Stored {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? '{}')
    const { privateKey, connected } = stored as Record<string, unknown>
    const isKey =
      typeof privateKey === 'string' && /^0x[0-9a-f]{64}$/.test(privateKey)
    return {
      privateKey: isKey ? (privateKey as Hex) : null,
      connected: isIdentity(connected) ? connected : null,
    }
  } catch {
    return { privateKey: null, connected: null }
  }
}

/** Remembers who is connected. */
export function writeConnected(
  storage: DevStorage,
  connected: DevIdentity | null,
): void {
  const { privateKey } = readDevWallet(storage)
  storage.setItem(KEY, JSON.stringify({ privateKey, connected }))
}

/** Signing account of an identity; the key of `new` is made and kept at first use. */
export function devAccount(
  storage: DevStorage,
  identity: DevIdentity,
): Pick<PrivateKeyAccount, 'address' | 'signMessage' | 'signTypedData'> {
  if (identity !== 'new') {
    return mnemonicToAccount(ANVIL_MNEMONIC, {
      addressIndex: anvilIndex[identity],
    })
  }
  const stored = readDevWallet(storage)
  const privateKey = stored.privateKey ?? generatePrivateKey()
  if (!stored.privateKey) {
    storage.setItem(
      KEY,
      JSON.stringify({ privateKey, connected: stored.connected }),
    )
  }
  return privateKeyToAccount(privateKey)
}

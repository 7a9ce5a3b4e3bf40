import * as P256 from 'ox/P256'
import {
  type Address,
  concatHex,
  type Hex,
  hexToBytes,
  keccak256,
  pad,
  toHex,
} from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { playerAccountFactoryAddress } from '@/lib/contracts/addresses'
import { playerAccountFactoryAbi } from '@/lib/contracts/generated/player-account-factory'
import {
  compactSecp256k1Signature,
  normalizeP256Signature,
} from '@/lib/intent/normalize-signature'
import type { KeyScheme, SessionKey } from '@/lib/session/session'
import type { Chain } from './chain'

/** A session key that signs digests as a browser would. */
export type Signer = { key: SessionKey; sign(digest: Hex): Promise<Hex> }

export type Player = {
  owner: PrivateKeyAccount
  account: Address
  signer: Signer
  /** Next unused sequence of lane 0. */
  sequence: number
}

function join(...words: Hex[]): Hex {
  return concatHex(words.map((word) => pad(word, { size: 32 })))
}

function makeP256Signer(privateKey: Hex): Signer {
  const { x, y } = P256.getPublicKey({ privateKey })
  return {
    key: { scheme: 'p256', publicKey: join(x, y) },
    sign: async (payload) => {
      const { r, s } = P256.sign({ payload, privateKey, hash: true })
      return normalizeP256Signature(hexToBytes(join(r, s)))
    },
  }
}

function makeSecp256k1Signer(privateKey: Hex): Signer {
  const account = privateKeyToAccount(privateKey)
  return {
    key: { scheme: 'secp256k1', publicKey: account.address },
    sign: async (hash) =>
      compactSecp256k1Signature(await account.sign({ hash })),
  }
}

/** A signer whose key is made from `name`: the same in every run. */
export function makeSigner(scheme: KeyScheme, name: string): Signer {
  const secret = keccak256(toHex(name))
  return scheme === 'p256'
    ? makeP256Signer(secret)
    : makeSecp256k1Signer(secret)
}

/** Players with accounts that do not exist yet, others for each `name`. */
export async function makePlayers(
  chain: Chain,
  name: string,
  count: number,
  scheme: KeyScheme,
): Promise<Player[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const person = `${name} ${index}`
      const owner = privateKeyToAccount(keccak256(toHex(`owner: ${person}`)))
      const account = await chain.readContract({
        address: playerAccountFactoryAddress,
        abi: playerAccountFactoryAbi,
        functionName: 'getAddress',
        args: [owner.address],
      })
      return {
        owner,
        account,
        signer: makeSigner(scheme, `key: ${person}`),
        sequence: 0,
      }
    }),
  )
}

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto'
import { type Address, type Hex, hexToBytes, keccak256, toHex } from 'viem'
import {
  generatePrivateKey,
  type PrivateKeyAccount,
  privateKeyToAccount,
} from 'viem/accounts'
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

function makeP256Signer(): Signer {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = createPublicKey(
    createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  ).export({ format: 'jwk' })
  const coordinates = Buffer.concat(
    [jwk.x, jwk.y].map((text) => Buffer.from(text ?? '', 'base64url')),
  )
  return {
    key: { scheme: 'p256', publicKey: toHex(coordinates) },
    sign: async (digest) =>
      normalizeP256Signature(
        sign('sha256', hexToBytes(digest), {
          key: privateKey,
          dsaEncoding: 'ieee-p1363',
        }),
      ),
  }
}

function makeSecp256k1Signer(): Signer {
  const account = privateKeyToAccount(generatePrivateKey())
  return {
    key: { scheme: 'secp256k1', publicKey: account.address },
    sign: async (hash) =>
      compactSecp256k1Signature(await account.sign({ hash })),
  }
}

export function makeSigner(scheme: KeyScheme): Signer {
  return scheme === 'p256' ? makeP256Signer() : makeSecp256k1Signer()
}

/** Players with accounts that do not exist yet. */
export async function makePlayers(
  chain: Chain,
  count: number,
  scheme: KeyScheme,
): Promise<Player[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const seed = keccak256(toHex(`${scheme} ${index} ${Math.random()}`))
      const owner = privateKeyToAccount(seed)
      const account = await chain.readContract({
        address: playerAccountFactoryAddress,
        abi: playerAccountFactoryAbi,
        functionName: 'getAddress',
        args: [owner.address],
      })
      return { owner, account, signer: makeSigner(scheme), sequence: 0 }
    }),
  )
}

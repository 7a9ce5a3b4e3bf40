import { P256 } from 'ox'
import {
  type Account,
  type Address,
  concatHex,
  createTestClient,
  type Hex,
  hexToBytes,
  http,
  isAddressEqual,
  publicActions,
  sha256,
  type TransactionReceipt,
  walletActions,
  zeroHash,
} from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import {
  playerAccountFactoryAddress,
  sessionManagerAddress,
} from '@/lib/contracts/addresses'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { encodeTable, tableHashOf } from '../../permission/encode-table'
import type { Terms } from '../../permission/terms'
import { computeAccountAddress } from '../../session/account-address'
import type { Grant, Session, SessionKey } from '../../session/session'
import { computeSessionId } from '../../session/session-id'
import { sessionTypedData } from '../../session/session-typed-data'
import { decodeEvent } from '../decode-event'
import { encodeSections } from '../encode-bundle'
import { encodeGrant } from '../encode-grant'
import { encodeIntent } from '../encode-intent'
import type { Call, Intent } from '../intent'
import { hashIntent } from '../intent-typed-data'
import {
  compactSecp256k1Signature,
  normalizeP256Signature,
} from '../normalize-signature'

/** Where signatures of the tests are valid. */
export const domain = {
  /** Anvil's. */
  chainId: 31_337,
  sessionManager: sessionManagerAddress,
}

/** SessionManager, as viem's actions take it. */
export const manager = {
  address: sessionManagerAddress,
  abi: sessionManagerAbi,
}

/** A session key that signs digests. */
export type Signer = { key: SessionKey; sign: (digest: Hex) => Promise<Hex> }

/** A new P-256 key. */
export function p256Signer(): Signer {
  const privateKey = P256.randomPrivateKey()
  const { x, y } = P256.getPublicKey({ privateKey })
  return {
    key: { scheme: 'p256', publicKey: concatHex([x, y]) },
    sign: async (digest) => {
      const { r, s } = P256.sign({ payload: sha256(digest), privateKey })
      return normalizeP256Signature(hexToBytes(concatHex([r, s])))
    },
  }
}

/** A new secp256k1 key. */
export function secp256k1Signer(): Signer {
  const account = privateKeyToAccount(generatePrivateKey())
  const publicKey = account.address.toLowerCase() as Hex
  return {
    key: { scheme: 'secp256k1', publicKey },
    sign: async (hash) =>
      compactSecp256k1Signature(await account.sign({ hash })),
  }
}

/** A wallet with one session, which it has signed. */
export type Player = {
  wallet: ReturnType<typeof privateKeyToAccount>
  session: Session
  sessionId: Hex
  signer: Signer
  grant: Grant
}

function connect(url: string, account: Account) {
  return createTestClient({
    account,
    mode: 'anvil',
    transport: http(url),
    pollingInterval: 10,
    cacheTime: 0,
  })
    .extend(publicActions)
    .extend(walletActions)
}

type Client = ReturnType<typeof connect>

/** Polls, because among thousands of transactions viem's waiting for blocks misses one at times. */
async function receiptOf(
  client: Client,
  hash: Hex,
): Promise<TransactionReceipt> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const receipt = await client
      .getTransactionReceipt({ hash })
      .catch(() => null)
    if (receipt) return receipt
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`${hash} is in no block`)
}

async function deployRaw(client: Client, data: Hex): Promise<Address> {
  const hash = await client.sendTransaction({ chain: null, data })
  const receipt = await receiptOf(client, hash)
  return receipt.contractAddress as Address
}

async function execute(client: Client, sections: Hex) {
  const hash = await client.writeContract({
    ...manager,
    chain: null,
    functionName: 'execute',
    args: [sections],
    gas: 16_000_000n,
  })
  const { status, logs } = await receiptOf(client, hash)
  if (status !== 'success') throw new Error('the bundle reverted')
  return logs.flatMap((log) => {
    if (!isAddressEqual(log.address, sessionManagerAddress)) return []
    return decodeEvent(log) ?? []
  })
}

async function chainSeconds(client: Client): Promise<number> {
  return Number((await client.getBlock()).timestamp)
}

/** A local chain that has the contracts, for one test file. */
export type TestChain = ReturnType<typeof connectTestChain>

/** @param url Of a chain of one's own, because the tests move its clock. @param relayer Pays for everything. */
export function connectTestChain(url: string, relayer: Account) {
  const client = connect(url, relayer)
  return {
    client,
    receiptOf: (hash: Hex) => receiptOf(client, hash),
    /** Time of the latest block, unix seconds. */
    chainSeconds: () => chainSeconds(client),
    execute: (sections: Hex) => execute(client, sections),
    /** Contract that takes any call and any value: code of one byte, STOP. */
    deploySink: () => deployRaw(client, '0x600060005360016000f3'),
    /** Contract that takes any call and answers 0, as a token does where nobody owns any. Code: RETURN of a word of memory. */
    deployZeroToken: () => deployRaw(client, '0x6460206000f36000526005601bf3'),
    createPlayer: async (terms: Terms, options: PlayerOptions = {}) =>
      signPlayer(terms, await chainSeconds(client), options),
  }
}

/** What a player may differ in. */
export type PlayerOptions = {
  policyId?: Hex
  signer?: Signer
  seconds?: number
}

/** A player whose session starts at `now`, for an hour unless said otherwise. */
export async function signPlayer(
  terms: Terms,
  now: number,
  options: PlayerOptions = {},
): Promise<Player> {
  const { policyId = zeroHash, signer = p256Signer() } = options
  const wallet = privateKeyToAccount(generatePrivateKey())
  const owner = wallet.address.toLowerCase() as Hex
  const account = computeAccountAddress(playerAccountFactoryAddress, owner)
  const { key } = signer
  const session: Session = {
    ...{ account, policyId, key, terms, epoch: 0 },
    validAfter: now,
    validUntil: now + (options.seconds ?? 3_600),
    grantDeadline: now + 900,
  }
  const signature = await wallet.signTypedData(
    sessionTypedData({ session, ...domain }),
  )
  const sessionId = idOf(session)
  const grant = { session, owner, signature }
  return { wallet, session, sessionId, signer, grant }
}

/** Id of a session whose own terms make its table. */
export function idOf(session: Session): Hex {
  return computeSessionId({
    ...session,
    tableHash: tableHashOf(session.terms),
  })
}

/** Bytes of a grant that also creates the account. @param policyTable As in `GrantNeeds`; by default the session brings its own terms unless it has a policy. */
export function grantOf(
  player: Pick<Player, 'grant'>,
  policyTable: Hex | null = player.grant.session.policyId === zeroHash
    ? '0x'
    : null,
): Hex {
  return encodeGrant(player.grant, { createsAccount: true, policyTable })
}

/** Bytes of a signed intent. @param change Needs calls and an expiry; the rest has defaults. */
export async function signIntent(
  { session, sessionId, signer }: Player,
  change: Partial<Intent> & { calls: Call[]; expiry: number },
): Promise<Hex> {
  const intent: Intent = {
    ...{ account: session.account, sessionId, lane: 0, sequence: 0 },
    ...{ callGas: 400_000, ...change },
  }
  const signature = await signer.sign(hashIntent({ intent, ...domain }))
  return encodeIntent({ intent, signature }, session.terms.permissions)
}

/** One section of one session. */
export function sectionOf(
  { session }: Pick<Player, 'session'>,
  parts: { grant?: Hex; intents?: readonly Hex[] },
): Hex {
  const { grant, intents = [] } = parts
  const items = [
    ...(grant ? [{ ...session, grant }] : []),
    ...intents.map((intent) => ({ ...session, intent })),
  ]
  const table = encodeTable(session.terms)
  return encodeSections([{ policyId: session.policyId, table, items }])
}

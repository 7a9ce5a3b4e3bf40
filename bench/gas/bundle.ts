import {
  type Address,
  type ContractFunctionArgs,
  decodeEventLog,
  encodeFunctionData,
  type Hex,
  keccak256,
  type TransactionReceipt,
  zeroHash,
} from 'viem'
import { foundry } from 'viem/chains'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { decodeOutcome } from '@/lib/intent/decode-outcome'
import { encodeSections } from '@/lib/intent/encode-bundle'
import { encodeIntent } from '@/lib/intent/encode-intent'
import type { Call } from '@/lib/intent/intent'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import { encodeTable } from '@/lib/permission/encode-table'
import type { Permission } from '@/lib/permission/permission'
import type { Session } from '@/lib/session/session'
import { computeSessionId, schemeIds } from '@/lib/session/session-id'
import { sessionTypedData } from '@/lib/session/session-typed-data'
import { type Chain, send } from './chain'
import type { Player } from './players'

export const domain = {
  chainId: foundry.id,
  sessionManager: sessionManagerAddress,
}

export type Policy = { policyId: Hex; permissions: Permission[] }

export type Grant = ContractFunctionArgs<
  typeof sessionManagerAbi,
  'nonpayable',
  'execute'
>[0][number]

/** Chain time: benches may run on a chain whose clock is ahead. */
async function now(chain: Chain): Promise<number> {
  return Number((await chain.getBlock()).timestamp)
}

export function sessionIdOf(player: Player, policy: Policy): Hex {
  return computeSessionId({
    account: player.account,
    policyId: policy.policyId,
    tableHash: keccak256(encodeTable(policy.permissions)),
    epoch: 0,
    key: player.signer.key,
  })
}

/** The owner's signed grant of the whole policy, for a day. */
export async function makeGrant(
  chain: Chain,
  player: Player,
  policy: Policy,
): Promise<Grant> {
  const time = await now(chain)
  const { key } = player.signer
  const session: Session = {
    account: player.account,
    policyId: policy.policyId,
    key,
    validAfter: time,
    validUntil: time + 86_400,
    epoch: 0,
    grantDeadline: time + 600,
    permissions: policy.permissions,
  }
  const typedData = sessionTypedData({ session, ...domain })
  const deployed = await chain.getCode({ address: player.account })
  return {
    session: {
      ...session,
      key: { ...key, scheme: schemeIds[key.scheme] },
      permissions: policy.policyId === zeroHash ? session.permissions : [],
    },
    policyTable: '0x',
    owner: deployed ? '0x' : player.owner.address,
    signature: await player.owner.signTypedData(typedData),
  }
}

/** The player's next intent, signed and encoded. */
export async function makeIntent(
  chain: Chain,
  player: Player,
  policy: Policy,
  calls: Call[],
): Promise<Hex> {
  const intent = {
    account: player.account,
    sessionId: sessionIdOf(player, policy),
    lane: 0,
    sequence: player.sequence++,
    calls,
    expiry: (await now(chain)) + 600,
    callGas: 60_000 * calls.length,
  }
  const signature = await player.signer.sign(hashIntent({ intent, ...domain }))
  return encodeIntent(
    { intent, signature },
    { key: player.signer.key, epoch: 0, permissions: policy.permissions },
  )
}

/** Submits a bundle; throws unless every intent in it succeeded. */
export async function submit(
  chain: Chain,
  policy: Policy,
  grants: readonly Grant[],
  intents: readonly Hex[],
): Promise<TransactionReceipt> {
  const table = encodeTable(policy.permissions)
  const sections = encodeSections(
    intents.length ? [{ policyId: policy.policyId, table, intents }] : [],
  )
  const data = encodeFunctionData({
    abi: sessionManagerAbi,
    functionName: 'execute',
    args: [grants, sections],
  })
  const receipt = await send(chain, { to: sessionManagerAddress, data })
  const successes = receipt.logs.filter((log) => succeeded(log)).length
  if (successes !== intents.length)
    throw new Error(`${successes} of ${intents.length} intents succeeded`)
  return receipt
}

function succeeded(log: {
  address: Address
  data: Hex
  topics: [] | [Hex, ...Hex[]]
}) {
  if (log.address.toLowerCase() !== sessionManagerAddress.toLowerCase())
    return false
  const event = decodeEventLog({ abi: sessionManagerAbi, ...log })
  return (
    event.eventName === 'IntentExecuted' &&
    decodeOutcome(event.args.outcome).isSuccess
  )
}

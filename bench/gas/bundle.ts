import {
  type Address,
  encodeFunctionData,
  type Hex,
  type TransactionReceipt,
} from 'viem'
import { foundry } from 'viem/chains'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { decodeEvent } from '@/lib/intent/decode-event'
import { decodeOutcome } from '@/lib/intent/decode-outcome'
import { encodeSections } from '@/lib/intent/encode-bundle'
import { encodeGrant } from '@/lib/intent/encode-grant'
import { encodeIntent } from '@/lib/intent/encode-intent'
import type { Call } from '@/lib/intent/intent'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import { encodeTable, tableHashOf } from '@/lib/permission/encode-table'
import type { Terms } from '@/lib/permission/terms'
import type { Session } from '@/lib/session/session'
import { computeSessionId } from '@/lib/session/session-id'
import { hashSession } from '@/lib/session/session-typed-data'
import { type Chain, send } from './chain'
import type { Player } from './players'

export const domain = {
  chainId: foundry.id,
  sessionManager: sessionManagerAddress,
}

export type Policy = { policyId: Hex; terms: Terms }

/** Chain time: benches may run on a chain whose clock is ahead. */
async function now(chain: Chain): Promise<number> {
  return Number((await chain.getBlock()).timestamp)
}

export function sessionIdOf(player: Player, policy: Policy): Hex {
  return computeSessionId({
    account: player.account,
    policyId: policy.policyId,
    tableHash: tableHashOf(policy.terms),
    epoch: 0,
    key: player.signer.key,
  })
}

/** The owner's signed grant of the whole policy, for a day, as it travels. */
export async function makeGrant(
  chain: Chain,
  player: Player,
  policy: Policy,
): Promise<Hex> {
  const time = await now(chain)
  const session: Session = {
    account: player.account,
    policyId: policy.policyId,
    key: player.signer.key,
    validAfter: time,
    validUntil: time + 86_400,
    epoch: 0,
    grantDeadline: time + 600,
    terms: policy.terms,
  }
  const deployed = await chain.getCode({ address: player.account })
  const hash = hashSession({ session, ...domain })
  return encodeGrant(
    {
      session,
      owner: player.owner.address,
      signature: await player.owner.sign({ hash }),
    },
    { createsAccount: !deployed, policyTable: null },
  )
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
  return encodeIntent({ intent, signature }, policy.terms.permissions)
}

/** What one player does in a bundle. */
export type Turn = { player: Player } & (
  | { intent: Hex; grant?: Hex }
  | { grant: Hex; intent?: Hex }
)

/** Call data of a bundle. */
export function encodeBundle(policy: Policy, turns: readonly Turn[]): Hex {
  const items = turns.map(({ player, ...turn }) => ({
    account: player.account,
    epoch: 0,
    key: player.signer.key,
    ...turn,
  }))
  const table = encodeTable(policy.terms)
  return encodeFunctionData({
    abi: sessionManagerAbi,
    functionName: 'execute',
    args: [encodeSections([{ policyId: policy.policyId, table, items }])],
  })
}

/** Submits a bundle; throws unless every intent in it succeeded. */
export async function submit(
  chain: Chain,
  policy: Policy,
  turns: readonly Turn[],
): Promise<TransactionReceipt> {
  const data = encodeBundle(policy, turns)
  const receipt = await send(chain, { to: sessionManagerAddress, data })
  const successes = receipt.logs.filter((log) => succeeded(log)).length
  const intents = turns.filter(({ intent }) => intent !== undefined).length
  if (successes !== intents)
    throw new Error(`${successes} of ${intents} intents succeeded`)
  return receipt
}

function succeeded(log: {
  address: Address
  data: Hex
  topics: [] | [Hex, ...Hex[]]
}) {
  if (log.address.toLowerCase() !== sessionManagerAddress.toLowerCase())
    return false
  const event = decodeEvent(log)
  return (
    event?.eventName === 'IntentExecuted' &&
    decodeOutcome(event.args.outcome).isSuccess
  )
}

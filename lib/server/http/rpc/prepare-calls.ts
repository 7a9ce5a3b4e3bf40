import { type Hex, numberToHex } from 'viem'
import type { z } from 'zod'
import { PlaykeyError } from '@/lib/errors/base-error'
import { findEntryIndex } from '@/lib/intent/evaluate-intent'
import { expiryAt } from '@/lib/intent/expiry'
import type { Intent } from '@/lib/intent/intent'
import { fromCallJson, toCallJson } from '@/lib/intent/intent-schema'
import { hashIntent, intentTypedData } from '@/lib/intent/intent-typed-data'
import type {
  PreparedCalls,
  prepareCallsParamsSchema,
} from '@/lib/rpc/calls-methods'
import { toDialectKey } from '@/lib/rpc/dialect-key'
import { MAX_CALL_GAS } from '@/lib/session/limits'
import {
  type AdmissionFacts,
  getAdmissionFacts,
} from '../../relay/admission/admission-facts'
import { assertAllowed } from '../../relay/admission/assert-allowed'
import { findSessionView } from '../../session/list-sessions'
import { toTypedDataJson } from '../typed-data-json'
import { findSessionId } from './find-session-id'
import { relayContext } from './method-context'

type Params = z.output<typeof prepareCallsParamsSchema>[0]

const FALLBACK_GAS = 300_000
const ACCOUNT_GAS = 30_000

/**
 * `wallet_prepareCalls` (ERC-7836): the intent to sign for these calls, with the next free sequence. Stores nothing.
 * @throws PlaykeyError as admission would
 */
export async function prepareCalls([params]: [Params]): Promise<PreparedCalls> {
  const context = relayContext()
  const { chainId } = context
  if (params.chainId && Number(params.chainId) !== chainId)
    throw new PlaykeyError('unsupported_chain', {
      details: { supported: [numberToHex(chainId)] },
    })
  const sessionId = await findSessionId(params)
  const facts = await getAdmissionFacts(context.database, sessionId)
  const intent = await toIntent(params, sessionId, facts)
  assertAllowed(facts, intent)
  return {
    chainId: numberToHex(chainId),
    context: {
      account: { address: intent.account },
      sessionId,
      lane: intent.lane,
      sequence: intent.sequence,
      expiry: intent.expiry,
      callGas: intent.callGas,
      calls: intent.calls.map(toCallJson),
      nonce: toNonce(intent),
    },
    digest: hashIntent({ intent, ...context }),
    key: toDialectKey(facts.key),
    typedData: toTypedDataJson(intentTypedData({ intent, ...context })),
  }
}

async function toIntent(
  params: Params,
  sessionId: Hex,
  facts: AdmissionFacts,
): Promise<Intent> {
  const playkey = params.capabilities?.playkey
  const calls = params.calls.map(fromCallJson)
  const lane = playkey?.lane ?? 0
  return {
    account: facts.account,
    sessionId,
    lane,
    sequence: facts.session.nextSequence(lane),
    calls,
    expiry: expiryAt(facts.nowSeconds),
    callGas: playkey?.callGas ?? (await suggestGas(sessionId, facts, calls)),
  }
}

/** What the studio set for each action, plus the account's own work. */
async function suggestGas(
  sessionId: Hex,
  facts: AdmissionFacts,
  calls: Intent['calls'],
): Promise<number> {
  const view = await findSessionView(sessionId)
  const gas = calls.reduce((sum, call) => {
    const entry = findEntryIndex(facts.session.table.entries, call)
    return sum + (view?.permissions[entry]?.gasLimit ?? FALLBACK_GAS)
  }, ACCOUNT_GAS)
  return Math.min(gas, MAX_CALL_GAS)
}

function toNonce({ lane, sequence }: Intent): Hex {
  return numberToHex((BigInt(lane) << 32n) | BigInt(sequence))
}

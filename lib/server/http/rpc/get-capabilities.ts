import { numberToHex } from 'viem'
import {
  MAX_PERMISSIONS,
  MAX_RULES,
  MAX_SPEND_LIMITS,
} from '@/lib/permission/limits'
import type { MethodResults } from '@/lib/rpc/methods'
import { MAX_CALL_GAS, MAX_CALLS_PER_INTENT } from '@/lib/session/limits'
import { getDeployment } from '../../chain/deployment'

/** `wallet_getCapabilities` (EIP-5792): the same for every account. */
export async function getCapabilities(): Promise<
  MethodResults['wallet_getCapabilities']
> {
  const { chainId, sessionManager, factory } = getDeployment()
  return {
    [numberToHex(chainId)]: {
      atomic: { status: 'supported' },
      permissions: { supported: true, keyTypes: ['p256', 'secp256k1'] },
      playkey: {
        ...{ supported: true, sessionManager, factory },
        maxCalls: MAX_CALLS_PER_INTENT,
        maxCallGas: MAX_CALL_GAS,
        ...{ maxPermissions: MAX_PERMISSIONS, maxRules: MAX_RULES },
        maxSpendLimits: MAX_SPEND_LIMITS,
      },
    },
  }
}

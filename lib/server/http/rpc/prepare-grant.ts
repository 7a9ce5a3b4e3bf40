import type {
  PreparedGrant,
  PrepareGrantParams,
  RenewalParams,
  UnsignedGrant,
} from '@/lib/rpc/session-methods'
import { computeSessionId } from '@/lib/session/session-id'
import { fromSessionJson } from '@/lib/session/session-json'
import { sessionTypedData } from '@/lib/session/session-typed-data'
import { sessionsTypedData } from '@/lib/session/sessions-typed-data'
import { getDeployment } from '../../chain/deployment'
import { digestOfGrant } from '../../session/digest-of-grant'
import * as grants from '../../session/prepare-grant'
import * as renewals from '../../session/prepare-renewal'
import { toTypedDataJson } from '../typed-data-json'

/** `playkey_prepareGrant`: the session that an owner has to sign, with digest and typed data. */
export async function prepareGrant([params]: [
  PrepareGrantParams,
]): Promise<PreparedGrant> {
  return toSign(await grants.prepareGrant(params))
}

/** `playkey_prepareRenewal`: the later end that an owner has to sign, with digest and typed data. */
export async function prepareRenewal([params]: [
  RenewalParams,
]): Promise<PreparedGrant> {
  return toSign(await renewals.prepareRenewal(params))
}

function toSign(grant: UnsignedGrant): PreparedGrant {
  const session = fromSessionJson(grant.session)
  const { account } = session
  const { batch } = grant
  const typedData = batch
    ? sessionsTypedData({
        sessions: [session],
        ended: batch.ended.map((each) =>
          computeSessionId({ ...each, account }),
        ),
        ...getDeployment(),
      })
    : sessionTypedData({ session, ...getDeployment() })
  return {
    ...grant,
    digest: digestOfGrant(batch ? { session, batch } : { session }),
    typedData: toTypedDataJson(typedData),
  }
}

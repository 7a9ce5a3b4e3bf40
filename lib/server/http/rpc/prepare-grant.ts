import type {
  PreparedGrant,
  PrepareGrantParams,
} from '@/lib/rpc/session-methods'
import { fromSessionJson } from '@/lib/session/session-json'
import { hashSession, sessionTypedData } from '@/lib/session/session-typed-data'
import { getDeployment } from '../../chain/deployment'
import * as service from '../../session/prepare-grant'
import { toTypedDataJson } from '../typed-data-json'

/** `playkey_prepareGrant`: the session that an owner has to sign, with digest and typed data. */
export async function prepareGrant([params]: [
  PrepareGrantParams,
]): Promise<PreparedGrant> {
  const prepared = await service.prepareGrant(params)
  const input = {
    session: fromSessionJson(prepared.session),
    ...getDeployment(),
  }
  return {
    ...prepared,
    digest: hashSession(input),
    typedData: toTypedDataJson(sessionTypedData(input)),
  }
}

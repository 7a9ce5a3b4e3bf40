import { getAddress, type Hex, size } from 'viem'
import type { Grant } from '@/lib/session/session'
import { getChainClient } from '../chain/server-chain'
import { type GrantGas, gasOfGrant } from './gas-of-grant'
import { measureTerms } from './measure-terms'
import { isContract } from './verify-owner-signature'

type Measured = {
  grant: Grant
  /** ERC-7913 signer that the account is created from; `0x` for accounts of others. */
  owner: Hex
  table: Hex
  /** As in `GrantNeeds`. */
  policyTable: Hex | null
}

/**
 * Gas that a grant needs. Who answers for its account, and what its own terms take, only the chain can tell.
 * @throws PlaykeyError `terms_not_compiled`
 */
export async function measureGrant(measured: Measured): Promise<GrantGas> {
  const { grant, owner, table, policyTable } = measured
  const { terms } = grant.session
  return gasOfGrant({
    isForeign: owner === '0x',
    entries: terms.permissions.length,
    ended: grant.batch?.ended.length ?? 0,
    answersInCode: size(owner) !== 20 || (await isContract(getAddress(owner))),
    ownTermsGas:
      policyTable === null
        ? null
        : await measureTerms(getChainClient(), { terms, table, policyTable }),
  })
}

import {
  type Address,
  getAddress,
  type Hex,
  isAddressEqual,
  parseAbi,
  recoverAddress,
  size,
} from 'viem'
import { getDeployment } from '../chain/deployment'
import { findTargetsWithCode } from '../chain/read-code'
import { getChainClient } from '../chain/server-chain'

const erc1271 = parseAbi([
  'function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)',
])
const ERC1271_MAGIC = '0x1626ba7e'

export type OwnerSignature = {
  account: Address
  /** ERC-7913 signer that the account is, or would be, created from; `0x` for accounts of others. */
  owner: Hex
  digest: Hex
  signature: Hex
}

/**
 * Whether the account's owner signed `digest`, as SessionManager would find. An account that exists is asked
 * itself (ERC-1271, with SessionManager as the caller); for one that does not yet, its owner is.
 */
export async function isSignedByOwner(input: OwnerSignature): Promise<boolean> {
  const { account, owner, digest, signature } = input
  if (await isContract(account)) return isAcceptedBy(account, digest, signature)
  if (size(owner) !== 20) return false
  const wallet = getAddress(owner)
  if (await isRecovered(wallet, digest, signature)) return true
  return (await isContract(wallet)) && isAcceptedBy(wallet, digest, signature)
}

/** Whether there is code at `address`. */
export async function isContract(address: Address): Promise<boolean> {
  return (await findTargetsWithCode([address])).length > 0
}

async function isRecovered(
  wallet: Address,
  hash: Hex,
  signature: Hex,
): Promise<boolean> {
  if (size(signature) !== 65) return false
  return recoverAddress({ hash, signature }).then(
    (signer) => isAddressEqual(signer, wallet),
    () => false,
  )
}

async function isAcceptedBy(
  contract: Address,
  digest: Hex,
  signature: Hex,
): Promise<boolean> {
  return getChainClient()
    .readContract({
      address: contract,
      abi: erc1271,
      functionName: 'isValidSignature',
      args: [digest, signature],
      account: getDeployment().sessionManager,
    })
    .then(
      (answer) => answer === ERC1271_MAGIC,
      () => false,
    )
}

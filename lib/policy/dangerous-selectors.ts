import {
  type UnboundedGroup,
  unboundedGroups,
} from '../permission/unbounded-functions'

/** Why a function must not be, or should not be, in a policy. */
export type DangerousFunction = { signature: string; why: string }

const administers = 'changes who controls a contract'
const passesThrough = 'can carry any other call inside it'
const managesAccount = 'controls the player’s account or its sessions'

const unboundedReasons: Record<UnboundedGroup, string> = {
  approvals: 'hands out rights that outlive the session',
  permits: 'moves or approves tokens by a signature that no rule reads',
  transfers: 'moves tokens in a way that no spend limit bounds',
  calls: passesThrough,
}

/** Functions that no policy may contain: those that the contract refuses in any terms, and those that no game needs. */
export const blockedFunctions: readonly DangerousFunction[] = [
  ...Object.entries(unboundedGroups).flatMap(([group, signatures]) =>
    signatures.map((signature) => ({
      signature,
      why: unboundedReasons[group as UnboundedGroup],
    })),
  ),
  ...[
    'transferOwnership(address)',
    'renounceOwnership()',
    'acceptOwnership()',
    'grantRole(bytes32,address)',
    'revokeRole(bytes32,address)',
    'renounceRole(bytes32,address)',
    'upgradeTo(address)',
    'upgradeToAndCall(address,bytes)',
    'changeAdmin(address)',
    'setPublicKey(bytes32,bytes32)',
    'setPublicKey(bytes)',
    'setImplementation(address)',
    'initialize()',
  ].map((signature) => ({ signature, why: administers })),
  ...['multiSend(bytes)', 'functionCall(address,bytes)'].map((signature) => ({
    signature,
    why: passesThrough,
  })),
  ...[
    'installModule(uint256,address,bytes)',
    'uninstallModule(uint256,address,bytes)',
    'onInstall(bytes)',
    'onUninstall(bytes)',
    'isValidSignature(bytes32,bytes)',
    'validateUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),bytes32,uint256)',
    'addSigners(bytes[])',
    'removeSigners(bytes[])',
    'setThreshold(uint64)',
    'revokeAll()',
  ].map((signature) => ({ signature, why: managesAccount })),
]

/** Functions that hand over what is one of a kind, which no spend limit counts → argument word that names the receiver. A policy may contain them only with a rule that says who that is. */
export const handoverFunctions: Readonly<Record<string, number>> = {
  'safeTransferFrom(address,address,uint256)': 1,
  'safeTransferFrom(address,address,uint256,bytes)': 1,
  'safeTransferFrom(address,address,uint256,uint256,bytes)': 1,
  'safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)': 1,
}

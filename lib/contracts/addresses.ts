import { type Address, getContractAddress, type Hex } from 'viem'
import { delveInitCodeHash } from './generated/delve'
import { sessionManagerInitCodeHash } from './generated/session-manager'
import { termsCompilerInitCodeHash } from './generated/terms-compiler'

/**
 * Deterministic deployment proxy, at the same address on every chain. Called
 * with `salt ‖ init code`, it deploys by CREATE2.
 */
export const deterministicDeployer: Address =
  '0x4e59b44847b379578588920cA78FbF26c0B4956C'

/** Salt of every deployment. */
export const deploymentSalt: Hex = `0x${'00'.repeat(32)}`

/** TermsCompiler: decides which terms can be granted. */
export const termsCompilerAddress: Address = deployedAt(
  termsCompilerInitCodeHash,
)

/** SessionManager: sessions, policies and intents; the executor module. */
export const sessionManagerAddress: Address = deployedAt(
  sessionManagerInitCodeHash,
)

/** PlayerAccountFactory, created by SessionManager's constructor. */
export const playerAccountFactoryAddress: Address = getContractAddress({
  from: sessionManagerAddress,
  nonce: 1n,
})

/** Implementation behind every PlayerAccount, created by the factory. */
export const playerAccountImplementationAddress: Address = getContractAddress({
  from: playerAccountFactoryAddress,
  nonce: 1n,
})

/** Delve, the demo game. */
export const delveAddress: Address = deployedAt(delveInitCodeHash)

function deployedAt(bytecodeHash: Hex): Address {
  return getContractAddress({
    opcode: 'CREATE2',
    from: deterministicDeployer,
    salt: deploymentSalt,
    bytecodeHash,
  })
}

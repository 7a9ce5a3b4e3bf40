import type { Address, Hex } from 'viem'
import {
  delveAddress,
  sessionManagerAddress,
  termsCompilerAddress,
} from './addresses'
import { delveInitCode } from './generated/delve-init-code'
import { sessionManagerInitCode } from './generated/session-manager-init-code'
import { termsCompilerInitCode } from './generated/terms-compiler-init-code'

/** A contract that is deployed once per chain. */
export interface Deployment {
  name: string
  /** Where the deterministic deployer puts it, with salt 0. */
  address: Address
  /** Arguments of the constructor included. */
  initCode: Hex
}

/**
 * What must be deployed, in this order. SessionManager's constructor creates
 * PlayerAccountFactory and the account implementation. Not in `addresses`,
 * so that a page does not load 100 kB of init code.
 */
export const deployments: readonly Deployment[] = [
  {
    name: 'TermsCompiler',
    address: termsCompilerAddress,
    initCode: termsCompilerInitCode,
  },
  {
    name: 'SessionManager',
    address: sessionManagerAddress,
    initCode: sessionManagerInitCode,
  },
  { name: 'Delve', address: delveAddress, initCode: delveInitCode },
]

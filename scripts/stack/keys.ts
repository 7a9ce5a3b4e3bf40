import { toHex } from 'viem'
import { type HDAccount, mnemonicToAccount } from 'viem/accounts'

/** Anvil's public test mnemonic. Its keys are worthless anywhere but on a local chain. */
const TEST_MNEMONIC =
  'test test test test test test test test test test test junk'

/** Who plays which part on a local chain, by index of the test mnemonic. */
export const localAccounts = {
  deployer: derive(0),
  studio: derive(1),
  admin: derive(2),
  player: derive(3),
  revoker: derive(8),
  relayer: derive(9),
}

/** Who pays on a local chain: two keys for moves, and the side key. */
export const localRelayers = [localAccounts.relayer, derive(7), derive(6)]

function derive(addressIndex: number): HDAccount {
  return mnemonicToAccount(TEST_MNEMONIC, { addressIndex })
}

/** Private key of a local account. */
export function privateKeyOf(account: HDAccount): `0x${string}` {
  const key = account.getHdKey().privateKey
  if (!key) throw new Error('A derived account has a private key.')
  return toHex(key)
}

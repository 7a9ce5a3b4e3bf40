import { keccak256, toHex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'

/** Wallets with keys made from `name`: the same in every run. */
export function makeWallets(name: string, count: number): PrivateKeyAccount[] {
  return Array.from({ length: count }, (_, index) =>
    privateKeyToAccount(keccak256(toHex(`${name} ${index}`))),
  )
}

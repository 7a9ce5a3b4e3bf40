import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  type Abi,
  type Address,
  concat,
  createTestClient,
  type Hex,
  http,
  publicActions,
  type TransactionReceipt,
  walletActions,
} from 'viem'
import { foundry } from 'viem/chains'
import { deterministicDeployer } from '@/lib/contracts/addresses'
import { deployments } from '@/lib/contracts/deployments'
import { localAccounts } from '@/scripts/stack/keys'

const root = resolve(import.meta.dirname, '../..')

/** A client that sends as the relayer and waits for every receipt. */
export function connect(url: string) {
  return createTestClient({
    mode: 'anvil',
    chain: foundry,
    account: localAccounts.relayer,
    transport: http(url, { timeout: 120_000 }),
    pollingInterval: 20,
  })
    .extend(publicActions)
    .extend(walletActions)
}

export type Chain = ReturnType<typeof connect>

/** Sends from the relayer; throws when the transaction reverts. */
export async function send(
  chain: Chain,
  transaction: { to?: Address; data: Hex; value?: bigint },
): Promise<TransactionReceipt> {
  const hash = await chain.sendTransaction({ ...transaction, gas: 50_000_000n })
  const receipt = await chain.waitForTransactionReceipt({ hash })
  if (receipt.status !== 'success') throw new Error(`${hash} reverted`)
  return receipt
}

/** Puts Playkey's contracts where they are on every chain. */
export async function deployPlaykey(chain: Chain): Promise<void> {
  for (const { address, initCode } of deployments) {
    const data = concat([`0x${'00'.repeat(32)}`, initCode])
    await send(chain, { to: deterministicDeployer, data })
    if (!(await chain.getCode({ address })))
      throw new Error(`nothing at ${address}`)
  }
}

const sources = [
  'src',
  'test/gas/OneSlotMove.sol',
  'test/accounts/OpenZeppelinAccount.sol',
]

/** Compiles the contracts that only the bench needs. */
export function buildBenchContracts(): void {
  const forge = join(root, 'node_modules/.bin/forge')
  execFileSync(forge, ['build', '--root', 'contracts', '--offline', ...sources], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** Deploys a compiled contract. */
export async function deploy(
  chain: Chain,
  name: string,
  args: readonly unknown[] = [],
): Promise<{ address: Address; abi: Abi }> {
  const path = join(root, `contracts/out/${name}.sol/${name}.json`)
  const { abi, bytecode } = JSON.parse(readFileSync(path, 'utf8')) as {
    abi: Abi
    bytecode: { object: Hex }
  }
  const hash = await chain.deployContract({
    abi,
    bytecode: bytecode.object,
    args,
    gas: 30_000_000n,
  })
  const { contractAddress } = await chain.waitForTransactionReceipt({ hash })
  if (!contractAddress) throw new Error(`${name} was not deployed`)
  return { address: contractAddress, abi }
}

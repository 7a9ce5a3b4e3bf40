import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Abi, type Address, encodeDeployData, type Hex } from 'viem'
import { locateForge } from '@/scripts/forge-binary'
import { type Chain, send } from './chain'

const root = resolve(import.meta.dirname, '../..')
const contracts = join(root, 'contracts')
/** A place of their own, so that nothing else decides how they are compiled. */
const out = join(contracts, 'cache/bench/out')

const sources = [
  'test/gas/OneSlotMove.sol',
  'test/gas/PayableMove.sol',
  'test/gas/BenchToken.sol',
  'test/accounts/OpenZeppelinAccount.sol',
]

/** Compiles the contracts that only the bench needs. @throws if that fails. */
export function buildBenchContracts(): void {
  const options = [
    ...['--root', contracts, '--offline', '--out', out],
    ...['--cache-path', join(contracts, 'cache/bench/cache')],
  ]
  execFileSync(locateForge(), ['build', ...options, ...sources], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** Deploys one of them. */
export async function deploy(
  chain: Chain,
  name: string,
  args: readonly unknown[] = [],
): Promise<{ address: Address; abi: Abi }> {
  const path = join(out, `${name}.sol/${name}.json`)
  const { abi, bytecode } = JSON.parse(readFileSync(path, 'utf8')) as {
    abi: Abi
    bytecode: { object: Hex }
  }
  const data = encodeDeployData({ abi, bytecode: bytecode.object, args })
  const { contractAddress } = await send(chain, { data })
  if (!contractAddress) throw new Error(`${name} was not deployed`)
  return { address: contractAddress, abi }
}

// Measures what a move costs, from receipts of real transactions on a fresh
// Anvil (Osaka), through Playkey and through its peers; writes
// bench/results/gas.json and the table that README shows. Two runs of the same
// code give the same figures.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { encodeFunctionData, parseAbi } from 'viem'
import { startAnvil } from '@/scripts/stack/anvil'
import { findFreePort } from '@/scripts/stack/child'
import { buildBenchContracts, deploy } from './gas/bench-contracts'
import { type Chain, deployPlaykey, openChain } from './gas/chain'
import { measurePlaykey } from './gas/measure-playkey'
import { packageVersion } from './gas/peers/deploy-bytecode'
import { measurePeers, peerVersions } from './gas/peers/measure-peers'
import { replaceGasTable } from './gas/readme-table'
import { type GasResults, renderGasTable } from './gas/render-table'

async function measure(chain: Chain): Promise<GasResults> {
  await deployPlaykey(chain)
  const { address } = await deploy(chain, 'OneSlotMove')
  const moveData = encodeFunctionData({
    abi: parseAbi(['function move(uint8 direction)']),
    args: [1],
  })
  const game = { address, moveData }
  const own = await measurePlaykey(chain, game)
  const peers = await measurePeers(chain, game)
  const tools = ['@foundry-rs/anvil', 'solc', '@openzeppelin/contracts']
  const versions = tools.map((name) => [name, packageVersion(name)])
  return {
    ...own,
    peers,
    versions: { ...Object.fromEntries(versions), ...peerVersions() },
  }
}

buildBenchContracts()
const anvil = await startAnvil({ port: await findFreePort() })
try {
  const results = await measure(await openChain(anvil.url))
  mkdirSync('bench/results', { recursive: true })
  const json = `${JSON.stringify(results, null, 2)}\n`
  writeFileSync('bench/results/gas.json', json)
  const table = renderGasTable(results)
  const readme = readFileSync('README.md', 'utf8')
  writeFileSync('README.md', replaceGasTable(readme, table))
  console.log(table)
} finally {
  await anvil.child.stop()
}

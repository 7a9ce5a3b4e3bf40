import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Abi, type Address, encodeDeployData, type Hex } from 'viem'
import { type Chain, send } from '../chain'

const require = createRequire(import.meta.url)

/** A contract as its authors published it, compiled. */
export type Artifact = { abi: Abi; bytecode: Hex }

/** Reads a contract of the npm package @account-abstraction/contracts. */
export function readArtifact(name: string): Artifact {
  const path = `@account-abstraction/contracts/artifacts/${name}.json`
  return JSON.parse(readFileSync(require.resolve(path), 'utf8')) as Artifact
}

/** Version of an installed package, from its package.json. */
export function packageVersion(name: string): string {
  const path = require.resolve(`${name}/package.json`)
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as {
    version: string
  }
  return version
}

/** Deploys published bytecode, from the relayer. */
export async function deployBytecode(
  chain: Chain,
  artifact: Artifact,
  args: readonly unknown[] = [],
): Promise<Address> {
  const data = encodeDeployData({ ...artifact, args })
  const { contractAddress } = await send(chain, { data })
  if (!contractAddress) throw new Error('nothing was deployed')
  return contractAddress
}

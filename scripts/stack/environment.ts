import { existsSync } from 'node:fs'
import { getAddress, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { LOCAL_CHAIN_ID } from './anvil'
import { localAccounts, privateKeyOf } from './keys'

/** Variables of a run: what web processes may see, and what the worker alone sees. */
export type Environment = {
  web: Record<string, string>
  worker: Record<string, string>
  /** Whether the chain is one whose test keys are public. */
  isLocalChain: boolean
}

/** Reads `.env` beside package.json, if there is one, without overriding what the shell set. */
export function loadDotenv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env')
}

/** Puts together what each process needs. @throws when another chain's keys are missing, naming them. */
export function composeEnvironment(parts: {
  databaseUrl: string
  rpcUrl: string
  chainId: number
  appUrl: string
  loginSecret: string
}): Environment {
  const isLocalChain = parts.chainId === LOCAL_CHAIN_ID
  const shared = {
    DATABASE_URL: parts.databaseUrl,
    RPC_URL: parts.rpcUrl,
    CHAIN_ID: String(parts.chainId),
  }
  const relayerKey = keyOf('RELAYER_PRIVATE_KEY', isLocalChain)
  const revokerKey = keyOf('REVOKER_PRIVATE_KEY', isLocalChain)
  const admins =
    process.env.ADMIN_ADDRESSES ??
    (isLocalChain ? localAccounts.admin.address : '')
  return {
    isLocalChain,
    web: {
      ...shared,
      APP_URL: parts.appUrl,
      NEXTAUTH_URL: parts.appUrl,
      NEXTAUTH_SECRET: process.env.NEXTAUTH_SECRET ?? parts.loginSecret,
      ADMIN_ADDRESSES: admins,
      REVOKER_ADDRESS: getAddress(privateKeyToAccount(revokerKey).address),
      RELAYER_ADDRESS: getAddress(privateKeyToAccount(relayerKey).address),
      EXPLORER_URL: process.env.EXPLORER_URL ?? '',
    },
    worker: {
      ...shared,
      RELAYER_PRIVATE_KEY: relayerKey,
      REVOKER_PRIVATE_KEY: revokerKey,
      ...(process.env.MAX_FEE_PER_GAS_WEI
        ? { MAX_FEE_PER_GAS_WEI: process.env.MAX_FEE_PER_GAS_WEI }
        : {}),
    },
  }
}

function keyOf(
  name: 'RELAYER_PRIVATE_KEY' | 'REVOKER_PRIVATE_KEY',
  isLocalChain: boolean,
): Hex {
  const given = process.env[name]
  if (given) return given as Hex
  if (!isLocalChain)
    throw new Error(
      `RPC_URL is not a local chain, so ${name} must be set (in the environment or in .env). See .env.example.`,
    )
  const account =
    name === 'RELAYER_PRIVATE_KEY'
      ? localAccounts.relayer
      : localAccounts.revoker
  return privateKeyOf(account)
}

const keyNames = [
  'RELAYER_PRIVATE_KEY',
  'REVOKER_PRIVATE_KEY',
  'DEPLOYER_PRIVATE_KEY',
] as const

/**
 * This shell's variables for a process that must not hold keys. Each key's name is taken by a
 * placeholder: a missing one would be filled in again by Next, which reads `.env` by itself.
 */
export function keylessEnvironment(): NodeJS.ProcessEnv {
  const taken = keyNames.map((name) => [name, 'held-by-the-worker'])
  return { ...process.env, ...Object.fromEntries(taken) }
}

import { existsSync } from 'node:fs'
import { type Address, getAddress, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { LOCAL_CHAIN_ID } from './anvil'
import { localAccounts, localRelayers, privateKeyOf } from './keys'

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
  const relayerKeys = keysOf('RELAYER_PRIVATE_KEYS', isLocalChain, () =>
    localRelayers.map(privateKeyOf),
  )
  const [revokerKey = '0x'] = keysOf(
    'REVOKER_PRIVATE_KEY',
    isLocalChain,
    () => [privateKeyOf(localAccounts.revoker)],
  )
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
      REVOKER_ADDRESS: addressOf(revokerKey),
      RELAYER_ADDRESSES: relayerKeys.map(addressOf).join(','),
      EXPLORER_URL: process.env.EXPLORER_URL ?? '',
      ...given(webSettings),
    },
    worker: {
      ...shared,
      RELAYER_PRIVATE_KEYS: relayerKeys.join(','),
      REVOKER_PRIVATE_KEY: revokerKey,
      ...given(workerSettings),
      ...(isLocalChain && !process.env.FINALITY_BLOCKS
        ? { FINALITY_BLOCKS: '5' }
        : {}),
    },
  }
}

function addressOf(key: Hex): Address {
  return getAddress(privateKeyToAccount(key).address)
}

function keysOf(
  name: 'RELAYER_PRIVATE_KEYS' | 'REVOKER_PRIVATE_KEY',
  isLocalChain: boolean,
  makeLocal: () => Hex[],
): Hex[] {
  const given = process.env[name]
  if (given) return given.split(',').map((key) => key.trim() as Hex)
  if (isLocalChain) return makeLocal()
  throw new Error(
    `RPC_URL is not a local chain, so ${name} must be set (in the environment or in .env). See .env.example.`,
  )
}

const observation = [
  'LOG_LEVEL',
  'METRICS_TOKEN',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
]
/** What an operator may set besides, for each kind of process. */
const webSettings = [
  ...observation,
  'SPONSOR_SESSION_GAS',
  'SPONSOR_PLAYER_DAY_GAS',
  'SPONSOR_GAME_DAY_GAS',
  'SPONSOR_STUDIO_DAY_GAS',
]
const workerSettings = [
  ...observation,
  'MAX_FEE_PER_GAS_WEI',
  'MIN_BALANCE_WEI',
  'FINALITY_BLOCKS',
  'WORKER_METRICS_PORT',
]

function given(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name]
      return value ? [[name, value]] : []
    }),
  )
}

const keyNames = [
  'RELAYER_PRIVATE_KEYS',
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

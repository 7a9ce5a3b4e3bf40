import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadEnvConfig } from '@next/env'
import { afterEach, expect, test, vi } from 'vitest'
import { composeEnvironment, keylessEnvironment } from './environment'

const key = `0x${'11'.repeat(32)}`
const parts = {
  databaseUrl: 'postgres://localhost/playkey',
  rpcUrl: 'http://localhost:8545',
  chainId: 1,
  appUrl: 'https://play.example.org',
  loginSecret: 'x'.repeat(32),
}

afterEach(() => vi.unstubAllEnvs())

// Guarantee: no private key reaches a web process, neither from the shell nor from .env, which Next reads by itself.
test('security: a web process holds no key', () => {
  const names = [
    'RELAYER_PRIVATE_KEYS',
    'REVOKER_PRIVATE_KEY',
    'DEPLOYER_PRIVATE_KEY',
  ]
  for (const name of names) vi.stubEnv(name, key)
  const directory = mkdtempSync(join(tmpdir(), 'playkey-env-'))
  writeFileSync(
    join(directory, '.env'),
    names.map((name) => `${name}=${key}`).join('\n'),
  )
  const web = { ...keylessEnvironment(), ...composeEnvironment(parts).web }
  for (const [name, value] of Object.entries(web)) vi.stubEnv(name, value)
  const { combinedEnv } = loadEnvConfig(directory, false, console, true)
  rmSync(directory, { recursive: true })
  expect(Object.values(combinedEnv)).not.toContain(key)
  for (const name of names) expect(combinedEnv[name]).toBe('held-by-the-worker')
})

test('error: another chain without keys names the one that is missing', () => {
  vi.stubEnv('RELAYER_PRIVATE_KEYS', undefined)
  expect(() => composeEnvironment(parts)).toThrow('RELAYER_PRIVATE_KEYS')
})

test('behavior: only a local chain falls back to the public test keys', () => {
  for (const name of ['RELAYER_PRIVATE_KEYS', 'REVOKER_PRIVATE_KEY'])
    vi.stubEnv(name, undefined)
  const { worker, isLocalChain } = composeEnvironment({
    ...parts,
    chainId: 31_337,
  })
  expect(isLocalChain).toBe(true)
  for (const local of worker.RELAYER_PRIVATE_KEYS?.split(',') ?? [])
    expect(local).toMatch(/^0x[0-9a-f]{64}$/)
})

test('behavior: what an operator sets for logs, metrics and traces reaches both kinds of process', () => {
  const settings = {
    LOG_LEVEL: 'debug',
    METRICS_TOKEN: 'a token of the operator',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  }
  vi.stubEnv('RELAYER_PRIVATE_KEYS', key)
  vi.stubEnv('REVOKER_PRIVATE_KEY', key)
  vi.stubEnv('WORKER_METRICS_PORT', '9464')
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
  const { web, worker } = composeEnvironment(parts)
  expect(web).toMatchObject(settings)
  expect(worker).toMatchObject({ ...settings, WORKER_METRICS_PORT: '9464' })
})

import { recoverMessageAddress, recoverTypedDataAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { sessionTypes } from '@/lib/session/session-typed-data'
import type { DevIdentity, DevStorage } from './dev-identity'
import { DevWalletProvider } from './dev-wallet-provider'
import { PromptQueue } from './prompt-queue'

function createStorage(): DevStorage & { data: Map<string, string> } {
  const data = new Map<string, string>()
  return {
    data,
    getItem: (key) => data.get(key) ?? null,
    setItem: (key, value) => {
      data.set(key, value)
    },
  }
}

function createWallet(answers: (DevIdentity | null)[]) {
  const storage = createStorage()
  const prompts = new PromptQueue(storage)
  const provider = new DevWalletProvider(31337, storage, prompts)
  prompts.subscribe(() => {
    const { current } = prompts.state
    if (!current) return
    const answer = answers.shift() ?? null
    queueMicrotask(() =>
      answer ? prompts.confirm(current.id, answer) : prompts.reject(current.id),
    )
  })
  const request = (method: string, ...params: unknown[]) =>
    provider.request({ method, params })
  return { storage, prompts, provider, request }
}

const typedData = {
  domain: { name: 'Playkey', version: '1', chainId: 31337 },
  types: { Key: sessionTypes.Key },
  primaryType: 'Key',
  message: { scheme: 2, publicKey: '0x1234' },
} as const

/** Typed data as wallets get it: JSON that lists the domain's fields too. */
function toWalletJson(chainId: number): string {
  const EIP712Domain = [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
  ]
  const domain = { ...typedData.domain, chainId }
  const types = { ...typedData.types, EIP712Domain }
  return JSON.stringify({ ...typedData, domain, types })
}

describe('DevWalletProvider', () => {
  test('behavior: connecting asks who to be, once', async () => {
    const { prompts, request } = createWallet(['player'])
    expect(await request('eth_accounts')).toEqual([])
    const accounts = await request('eth_requestAccounts')
    expect(accounts).toEqual(['0x90F79bf6EB2c4f870365E785982E1f101E93b906'])
    expect(await request('eth_requestAccounts')).toEqual(accounts)
    expect(prompts.state.count).toBe(1)
  })

  test('behavior: a new player keeps its key', async () => {
    const { storage, provider, request } = createWallet(['new', 'new'])
    const first = await request('eth_requestAccounts')
    provider.disconnect()
    expect(await request('eth_accounts')).toEqual([])
    expect(await request('eth_requestAccounts')).toEqual(first)
    const again = new DevWalletProvider(31337, storage, new PromptQueue(null))
    expect([again.address]).toEqual(first)
  })

  test('behavior: signs what it shows', async () => {
    const { prompts, provider, request } = createWallet([
      'studio',
      'new',
      'new',
    ])
    await request('eth_requestAccounts')
    const message = await request('personal_sign', '0x6869', provider.address)
    expect(
      await recoverMessageAddress({
        message: 'hi',
        signature: message as `0x${string}`,
      }),
    ).toBe(provider.address)
    const signature = await request(
      'eth_signTypedData_v4',
      provider.address?.toLowerCase(),
      toWalletJson(31337),
    )
    expect(
      await recoverTypedDataAddress({
        ...typedData,
        signature: signature as `0x${string}`,
      }),
    ).toBe(provider.address)
    expect(prompts.state.count).toBe(3)
  })

  test('error: a rejected request is 4001', async () => {
    const { request } = createWallet([null, 'admin', null])
    await expect(request('eth_requestAccounts')).rejects.toMatchObject({
      code: 4001,
    })
    const [address] = (await request('eth_requestAccounts')) as string[]
    await expect(
      request('personal_sign', '0x00', address),
    ).rejects.toMatchObject({ code: 4001 })
  })

  test('error: other chains, other accounts, transactions, unknown methods', async () => {
    const { prompts, provider, request } = createWallet(['player'])
    await request('eth_requestAccounts')
    const count = prompts.state.count
    const cases: [number, string, ...unknown[]][] = [
      [5710, 'wallet_switchEthereumChain', { chainId: '0x1' }],
      [5710, 'eth_signTypedData_v4', provider.address, toWalletJson(1)],
      [4100, 'personal_sign', '0x00', `0x${'11'.repeat(20)}`],
      [-32602, 'eth_signTypedData_v4', provider.address, '{'],
      [4200, 'eth_sendTransaction', {}],
      [4200, 'eth_sign', provider.address, '0x00'],
    ]
    for (const [code, method, ...params] of cases) {
      await expect(request(method, ...params), method).rejects.toMatchObject({
        code,
      })
    }
    expect(
      await request('wallet_switchEthereumChain', { chainId: '0x7a69' }),
    ).toBeNull()
    expect(prompts.state.count).toBe(count)
  })
})

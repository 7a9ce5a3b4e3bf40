import { encodeFunctionData, type Hex, parseTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { createSigner, type SignerRole } from './signer'

const privateKey: Hex = `0x${'11'.repeat(32)}`
const { address } = privateKeyToAccount(privateKey)
const sessionManager = '0x1111111111111111111111111111111111111111'
const cap = 100n
const fees = { maxFeePerGas: 10n, maxPriorityFeePerGas: 1n }

const signerOf = (role: SignerRole) =>
  createSigner(role, privateKey, {
    ...{ chainId: 1, sessionManager, maxFeePerGasWei: cap },
  })
const execute = encodeFunctionData({
  ...{ abi: sessionManagerAbi, functionName: 'execute', args: ['0x'] },
})

// Guarantee: a relay whose code is led astray can neither send value nor call anything but what the key is for.
describe('a signer', () => {
  test('behavior: calls SessionManager, without value', async () => {
    const raw = await signerOf('relayer').sign(
      7,
      { data: execute, gas: 1n },
      fees,
    )
    expect(parseTransaction(raw)).toMatchObject({
      ...{ to: sessionManager, nonce: 7, data: execute, gas: 1n, ...fees },
    })
    expect(parseTransaction(raw).value ?? 0n).toBe(0n)
  })

  test('security: the one other thing it signs does nothing: to itself, no value, no data, 21,000 gas', async () => {
    for (const role of ['relayer', 'revoker'] as const) {
      const raw = await signerOf(role).sign(7, 'noop', fees)
      const { to, value, data, gas } = parseTransaction(raw)
      expect(to).toBe(address.toLowerCase())
      expect([value ?? 0n, data ?? '0x', gas]).toEqual([0n, '0x', 21_000n])
    }
  })

  test('security: refuses the functions of the other role', async () => {
    const signer = signerOf('revoker')
    await expect(
      signer.sign(7, { data: execute, gas: 1n }, fees),
    ).rejects.toThrow('may not sign this function')
  })

  test('security: refuses fees above the cap, for the no-op too', async () => {
    const dear = { maxFeePerGas: cap + 1n, maxPriorityFeePerGas: 0n }
    const signer = signerOf('relayer')
    for (const payload of ['noop', { data: execute, gas: 1n }] as const)
      await expect(signer.sign(7, payload, dear)).rejects.toThrow('this fee')
  })
})

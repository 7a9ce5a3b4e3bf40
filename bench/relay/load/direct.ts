import { type Hex, parseEther, parseGwei, toHex } from 'viem'
import {
  generatePrivateKey,
  type PrivateKeyAccount,
  privateKeyToAccount,
} from 'viem/accounts'
import { delveAddress } from '@/lib/contracts/addresses'
import { HttpConnection } from './http-connection'
import { findOpenDirection, moveData } from './moves'
import { callRpc } from './rpc'

const MOVE_GAS = 150_000n

/** Someone who plays without Playkey: an own account with gas money, its own transactions. */
export class DirectPlayer {
  readonly #account: PrivateKeyAccount = privateKeyToAccount(
    generatePrivateKey(),
  )
  readonly #node: HttpConnection
  readonly #rpcUrl: string
  readonly #chainId: number
  #direction = 0
  #nonce = 0

  constructor(rpcUrl: string, chainId: number) {
    this.#rpcUrl = rpcUrl
    this.#chainId = chainId
    this.#node = new HttpConnection(rpcUrl, '127.0.0.1')
  }

  /** Gives it money and finds out where it can go. */
  async prepare(): Promise<this> {
    const { address } = this.#account
    const balance = toHex(parseEther('100'))
    await callRpc(this.#rpcUrl, 'anvil_setBalance', [address, balance])
    this.#direction = await findOpenDirection(this.#rpcUrl, address)
    return this
  }

  /** The next move as a signed transaction. */
  signMove(): Promise<Hex> {
    const nonce = this.#nonce
    this.#nonce += 1
    return this.#account.signTransaction({
      ...{ type: 'eip1559', chainId: this.#chainId, nonce, gas: MOVE_GAS },
      ...{ to: delveAddress, value: 0n },
      data: moveData((this.#direction + (nonce % 2) * 2) % 4),
      maxFeePerGas: parseGwei('20'),
      maxPriorityFeePerGas: 0n,
    })
  }

  /** Resolves when the move is mined. @throws when it is refused or reverts */
  async send(raw: Hex): Promise<void> {
    const { body } = await this.#node.post(
      `{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransactionSync","params":["${raw}"]}`,
    )
    if (!body.includes('"status":"0x1"'))
      throw new Error(`a direct move failed: ${body.slice(0, 300)}`)
  }

  close(): void {
    this.#node.close()
  }
}

/** How many moves a second the chain takes from so many accounts at once, each sending its next as soon as the last is mined. */
export async function measureDirectRate(
  rpcUrl: string,
  chainId: number,
  options: { senders: number; movesEach: number },
): Promise<number> {
  const players = await Promise.all(
    Array.from({ length: options.senders }, () =>
      new DirectPlayer(rpcUrl, chainId).prepare(),
    ),
  )
  const signed: Hex[][] = []
  for (const player of players) {
    const moves: Hex[] = []
    for (let count = 0; count < options.movesEach; count += 1)
      moves.push(await player.signMove())
    signed.push(moves)
  }
  const startedMs = performance.now()
  await Promise.all(
    players.map(async (player, index) => {
      for (const raw of signed[index] ?? []) await player.send(raw)
    }),
  )
  const seconds = (performance.now() - startedMs) / 1_000
  for (const player of players) player.close()
  return (options.senders * options.movesEach) / seconds
}

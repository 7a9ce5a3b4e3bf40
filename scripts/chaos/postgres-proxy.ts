import { connect, createServer, type Server, type Socket } from 'node:net'
import {
  MessageCutter,
  StatementReader,
  type WireMessage,
} from './postgres-messages'
import { type Trap, TrapHolder } from './trap'

/** A statement that a process sends. */
export type Statement = {
  text: string
  /** What the same connection sent before in the same transaction. */
  earlier: readonly string[]
}

/** Stands between one process and PostgreSQL; reads along and changes nothing. */
export type PostgresProxy = {
  port: number
  traps: TrapHolder<Statement>
  /** Connections that were opened so far. */
  connections(): number
  /** Breaks every connection, as a network or a restart does. */
  cut(): void
  close(): Promise<void>
}

export async function startPostgresProxy(
  upstreamPort: number,
): Promise<PostgresProxy> {
  const traps = new TrapHolder<Statement>()
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((client) => {
    connections += 1
    const upstream = connect(upstreamPort, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    join(client, upstream, traps)
  })
  return {
    port: await listenOnFreePort(server),
    traps,
    connections: () => connections,
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Listens on loopback, on a port that is free. */
export function listenOnFreePort(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
}

function join(
  client: Socket,
  upstream: Socket,
  traps: TrapHolder<Statement>,
): void {
  const requests = new MessageCutter(true)
  const answers = new MessageCutter(false)
  const statements = new StatementReader()
  let earlier: string[] = []
  /** Waits for the answer to its statement. */
  let pending: Trap<Statement> | null = null
  let held: WireMessage[] = []

  const onRequest = (message: WireMessage) => {
    const text = statements.read(message)
    const trap = text === null ? null : traps.find({ text, earlier })
    if (text !== null) earlier = /^\s*begin/i.test(text) ? [] : earlier
    if (text !== null) earlier.push(text)
    if (trap?.moment === 'before' && traps.spring(trap)) return
    upstream.write(message.bytes)
    if (trap?.moment === 'during') traps.spring(trap)
    if (trap?.moment === 'after') pending = trap
  }
  const onAnswer = (message: WireMessage) => {
    if (!pending) return void client.write(message.bytes)
    held.push(message)
    // What failed has not happened; the trap waits for one that does.
    const hasFailed = message.type === 'E'
    if (!hasFailed && message.type !== 'Z') return
    const trap = pending
    pending = null
    const waiting = held
    held = []
    if (!hasFailed && traps.spring(trap)) return
    for (const { bytes } of waiting) client.write(bytes)
  }
  client.on('data', (chunk: Buffer) => requests.push(chunk).forEach(onRequest))
  upstream.on('data', (chunk: Buffer) => answers.push(chunk).forEach(onAnswer))
}

import { connect, type Socket } from 'node:net'
import { headersOf } from './http-connection'

/** What became of an intent, as the relay pushed it. */
export type Settled = { id: string; status: string }

const finalStatuses = new Set(['confirmed', 'reverted', 'rejected'])

/** One open stream of `/api/events`, as a player's browser holds it. */
export class EventConnection {
  readonly #socket: Socket
  #rest = ''
  #isClosed = false

  private constructor(socket: Socket, onSettled: (news: Settled) => void) {
    this.#socket = socket
    socket.on('data', (chunk: string) => this.#read(chunk, onSettled))
    socket.on('close', () => {
      if (!this.#isClosed) throw new Error('a stream of events was closed')
    })
  }

  /** Resolves when the stream is up. @throws when it is refused */
  static open(
    url: string,
    sessionId: string,
    address: string,
    onSettled: (news: Settled) => void,
  ): Promise<EventConnection> {
    const to = new URL(url)
    const socket = connect(Number(to.port), to.hostname)
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.write(
      `GET ${to.pathname}?sessionId=${sessionId} HTTP/1.1\r\n${headersOf(to, address)}accept: text/event-stream\r\n\r\n`,
    )
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('data', (head: string) => {
        if (!head.startsWith('HTTP/1.1 200')) {
          socket.destroy()
          return reject(new Error(`no stream of events: ${head}`))
        }
        resolve(new EventConnection(socket, onSettled))
      })
    })
  }

  close(): void {
    this.#isClosed = true
    this.#socket.destroy()
  }

  #read(chunk: string, onSettled: (news: Settled) => void): void {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('data: ')) continue
      const event = JSON.parse(line.slice(6)) as Settled & { type: string }
      if (event.type === 'intent' && finalStatuses.has(event.status))
        onSettled(event)
    }
  }
}

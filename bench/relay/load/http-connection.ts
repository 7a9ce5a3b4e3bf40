import { connect, type Socket } from 'node:net'

/** Answer to one request. */
export type Answer = { status: number; body: string }

type Waiting = {
  request: string
  isRepeated: boolean
  resolve: (answer: Answer) => void
  reject: (error: Error) => void
}

/** One kept-alive HTTP/1.1 connection, one request at a time: a load generator has to cost less than what it measures. */
export class HttpConnection {
  readonly #url: URL
  readonly #headers: string
  #socket: Socket | null = null
  #waiting: Waiting | null = null
  #received = ''

  /** @param address What a proxy in front would say of the caller: `x-forwarded-for`. */
  constructor(url: string, address: string) {
    this.#url = new URL(url)
    this.#headers = headersOf(this.#url, address)
  }

  /** @throws when the connection breaks, or another request is under way */
  post(body: string): Promise<Answer> {
    if (this.#waiting) throw new Error('one request at a time')
    const { pathname } = this.#url
    const size = Buffer.byteLength(body)
    const request = `POST ${pathname} HTTP/1.1\r\n${this.#headers}content-type: application/json\r\ncontent-length: ${size}\r\n\r\n${body}`
    return new Promise((resolve, reject) => {
      const isRepeated = this.#socket === null
      this.#waiting = { request, isRepeated, resolve, reject }
      this.#socket ??= this.#open()
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = null
  }

  #open(): Socket {
    const { hostname, port } = this.#url
    const socket = connect(Number(port), hostname)
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => this.#read(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => this.#lose(socket))
    return socket
  }

  #read(chunk: string): void {
    this.#received += chunk
    const answer = parseAnswer(this.#received)
    if (!answer) return
    const waiting = this.#waiting
    this.#received = ''
    this.#waiting = null
    waiting?.resolve(answer)
  }

  /** A server may close an idle connection at the moment of a request; browsers send it again then, and so does this. */
  #lose(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#socket = null
    this.#received = ''
    const waiting = this.#waiting
    if (!waiting) return
    if (waiting.isRepeated) {
      this.#waiting = null
      waiting.reject(new Error('connection lost'))
      return
    }
    waiting.isRepeated = true
    this.#socket = this.#open()
    this.#socket.write(waiting.request)
  }
}

/** Headers that every request of a caller carries. */
export function headersOf(url: URL, address: string): string {
  return `host: ${url.host}\r\nx-forwarded-for: ${address}\r\n`
}

/** A whole answer, or null while some of it is missing. */
export function parseAnswer(text: string): Answer | null {
  const head = text.indexOf('\r\n\r\n')
  if (head === -1) return null
  const status = Number(text.slice(9, 12))
  const headers = text.slice(0, head).toLowerCase()
  const length = /\r\ncontent-length: *(\d+)/.exec(headers)?.[1]
  const rest = text.slice(head + 4)
  if (length !== undefined) {
    const size = Number(length)
    return rest.length < size ? null : { status, body: rest.slice(0, size) }
  }
  if (!rest.endsWith('0\r\n\r\n')) return null
  return { status, body: joinChunks(rest) }
}

function joinChunks(text: string): string {
  let body = ''
  for (let at = 0; at < text.length; ) {
    const line = text.indexOf('\r\n', at)
    const size = Number.parseInt(text.slice(at, line), 16)
    body += text.slice(line + 2, line + 2 + size)
    at = line + 4 + size
  }
  return body
}

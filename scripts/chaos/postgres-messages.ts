/** A message of PostgreSQL's protocol: its type (empty for the first one of a connection) and all its bytes. */
export type WireMessage = { type: string; bytes: Buffer }

/** Cuts a byte stream of PostgreSQL's protocol, version 3, into messages. */
export class MessageCutter {
  #rest: Buffer = Buffer.alloc(0)
  #isFirst: boolean

  /** @param hasStartup Whether the first message has no type, as a client's has. */
  constructor(hasStartup: boolean) {
    this.#isFirst = hasStartup
  }

  /** @returns messages that are complete now. */
  push(chunk: Buffer): WireMessage[] {
    this.#rest =
      this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const messages: WireMessage[] = []
    for (;;) {
      const header = this.#isFirst ? 0 : 1
      if (this.#rest.length < header + 4) return messages
      const length = header + this.#rest.readUInt32BE(header)
      if (this.#rest.length < length) return messages
      const bytes = this.#rest.subarray(0, length)
      const type = header === 0 ? '' : String.fromCharCode(bytes[0] ?? 0)
      messages.push({ type, bytes })
      this.#rest = this.#rest.subarray(length)
      this.#isFirst = false
    }
  }
}

/** Knows the statements that a connection prepared, and so what each message executes. */
export class StatementReader {
  readonly #texts = new Map<string, string>()

  /** The text of the statement that this message starts; null for any other message. */
  read({ type, bytes }: WireMessage): string | null {
    if (type === 'Q') return stringsAt(bytes, 5, 1)[0] ?? ''
    if (type === 'P') {
      const [name = '', text = ''] = stringsAt(bytes, 5, 2)
      this.#texts.set(name, text)
    }
    if (type !== 'B') return null
    const [, name = ''] = stringsAt(bytes, 5, 2)
    return this.#texts.get(name) ?? ''
  }
}

function stringsAt(bytes: Buffer, offset: number, count: number): string[] {
  const strings: string[] = []
  for (let at = offset; strings.length < count; ) {
    const end = bytes.indexOf(0, at)
    if (end < 0) return strings
    strings.push(bytes.toString('utf8', at, end))
    at = end + 1
  }
  return strings
}

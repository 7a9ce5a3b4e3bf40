import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export type Listener = {
  /** True while notifications arrive. */
  isConnected(): boolean
  close(): Promise<void>
}

/**
 * Keeps one connection that LISTENs on `channels`, and opens a new one whenever it breaks.
 * @param onNotify Called with channel and payload, in the order of commits.
 * @param onConnect Called after each (re)connection: whatever was notified in between is lost, so look for yourself.
 */
export function listen(
  url: string,
  channels: readonly string[],
  onNotify: (channel: string, payload: string) => void,
  onConnect: () => void = () => undefined,
): Listener {
  let client: pg.Client | null = null
  let closed = false

  const connect = async (): Promise<void> => {
    for (let delayMs = 50; !closed; delayMs = Math.min(delayMs * 2, 2_000)) {
      const next = new pg.Client({ connectionString: url, keepAlive: true })
      try {
        next.on('error', () => undefined)
        await next.connect()
        for (const channel of channels)
          await next.query(`LISTEN ${next.escapeIdentifier(channel)}`)
        if (closed) return void (await next.end())
        client = next
        next.on('notification', (message) =>
          onNotify(message.channel, message.payload ?? ''),
        )
        next.once('end', () => {
          client = null
          if (!closed) void connect()
        })
        onConnect()
        return
      } catch {
        await next.end().catch(() => undefined)
        await sleep(delayMs)
      }
    }
  }
  void connect()

  return {
    isConnected: () => client !== null,
    close: async () => {
      closed = true
      await client?.end().catch(() => undefined)
    },
  }
}

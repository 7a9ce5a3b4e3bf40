import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'

/** Where a proxy of ours may stand: on this machine, or in its private network. */
const privateNetworks = new BlockList()
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  privateNetworks.addSubnet(network, prefix)
for (const [network, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  privateNetworks.addSubnet(network, prefix, 'ipv6')

/**
 * What `X-Forwarded-For` may be believed to say: what a proxy of ours wrote, or the address that the request itself came
 * from. A caller from outside names nobody else.
 */
export function forwardedFor({
  headers,
  socket,
}: Pick<IncomingMessage, 'headers' | 'socket'>): string {
  const peer = socket.remoteAddress ?? ''
  const said = headers['x-forwarded-for']
  if (said === undefined || !isPrivate(peer)) return peer
  return Array.isArray(said) ? said.join(', ') : said
}

function isPrivate(address: string): boolean {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  return address !== '' && privateNetworks.check(address, family)
}

/** A request's headers as the rate limits read them. */
export function callerOf({ headers }: Pick<IncomingMessage, 'headers'>): {
  headers: Pick<Headers, 'get'>
} {
  return {
    headers: {
      get(name) {
        const value = headers[name.toLowerCase()]
        return (Array.isArray(value) ? value.join(', ') : value) ?? null
      },
    },
  }
}

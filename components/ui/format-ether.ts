import { formatEther as viemFormatEther } from 'viem'

/** `0.05 ETH` from wei (decimal string or bigint). */
export function formatEther(wei: string | bigint): string {
  return `${viemFormatEther(BigInt(wei))} ETH`
}

import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks per second that Linux counts CPU time in. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4_096

type Stat = {
  pid: number
  parent: number
  /** CPU time of the process and of its children that have ended, in ticks. */
  ticks: number
  residentPages: number
}

/** CPU milliseconds that a process and its living and ended children have used. 0 where there is no /proc. */
export function cpuMsOf(pid: number): number {
  const ticks = familyOf(pid).reduce((sum, stat) => sum + stat.ticks, 0)
  return (ticks / TICKS_PER_SECOND) * 1_000
}

/** Resident memory of one process in MB (10^6 bytes). 0 where there is no /proc. */
export function residentMbOf(pid: number): number {
  const pages = readStat(pid)?.residentPages ?? 0
  return (pages * PAGE_BYTES) / 1e6
}

function familyOf(pid: number): Stat[] {
  const all = listPids().flatMap((each) => readStat(each) ?? [])
  const family = all.filter((stat) => stat.pid === pid)
  for (const member of family)
    family.push(...all.filter(({ parent }) => parent === member.pid))
  return family
}

function listPids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name, in brackets, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [parent, ...times] = [1, 11, 12, 13, 14].map((at) => fields[at])
    return {
      pid,
      parent: Number(parent),
      ticks: times.reduce((sum, ticks) => sum + Number(ticks), 0),
      residentPages: Number(fields[21]),
    }
  } catch {
    return null
  }
}

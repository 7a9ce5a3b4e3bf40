import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Gas by name, by group: what forge writes for `vm.snapshotGasLastCall`. */
export type Snapshots = Record<string, Record<string, string>>

/** Reads every group of a folder of forge's snapshots. */
export function readSnapshots(folder: string): Snapshots {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  return Object.fromEntries(
    files.map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(join(folder, file), 'utf8')),
    ]),
  )
}

/** A line for each figure that is another one, new, or not measured any more; none if all are the same. */
export function compareSnapshots(
  kept: Snapshots,
  measured: Snapshots,
): string[] {
  const groups = new Set([...Object.keys(kept), ...Object.keys(measured)])
  return [...groups].flatMap((group) => {
    const before = kept[group] ?? {}
    const after = measured[group] ?? {}
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names]
      .filter((name) => before[name] !== after[name])
      .map(
        (name) =>
          `${group}, ${name}: ${before[name] ?? 'none'} → ${after[name] ?? 'none'}`,
      )
  })
}

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, posix, relative, resolve } from 'node:path'
import { z } from 'zod'
import { locateForge } from '../forge-binary'

/** The repository; the contracts are in its folder `contracts`. */
export const root = resolve(import.meta.dirname, '../..')
export const contracts = join(root, 'contracts')
export const forge = locateForge()

const config = z.object({
  solc: z.string(),
  via_ir: z.literal(true),
  optimizer: z.boolean(),
  optimizer_runs: z.number(),
  evm_version: z.string(),
  bytecode_hash: z.string(),
  cbor_metadata: z.boolean(),
  remappings: z.array(z.string()),
})

/** What of foundry.toml decides the bytecode. */
export type Config = z.infer<typeof config>

/** A contract that tests deploy from its artifact. */
export interface Target {
  name: string
  /** Relative to the contracts. */
  source: string
  artifact: string
}

/** Sources by name, relative to the repository. */
export type Sources = Readonly<Record<string, { content: string }>>

export function readConfig(): Config {
  const options = ['config', '--json', '--root', contracts]
  const json = execFileSync(forge, options, { cwd: root, encoding: 'utf8' })
  return config.parse(JSON.parse(json))
}

/** Paths of the Solidity files in `folder`, relative to the contracts. */
function listSources(folder: string): string[] {
  return readdirSync(join(contracts, folder), { recursive: true })
    .map((path) => `${folder}/${path}`.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.sol'))
    .sort()
}

function toPattern(glob: string): RegExp {
  const pattern = glob
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\{([^}]*)\}/g, (_, names: string) =>
      `(?:${names.replaceAll(',', '|')})`.replaceAll('?', '\0'),
    )
    .replace(/\*\*\/|\*|\?/g, (wildcard) =>
      wildcard === '?' ? '[^/]' : wildcard === '*' ? '[^/]*' : '(?:.*/)?',
    )
    .replaceAll('\0', '?')
  return new RegExp(`^${pattern}$`)
}

/**
 * Source files that match any of `globs`, which are relative to the contracts
 * and may leave out the leading `src/`. One that matches nothing is an error.
 */
export function matchSources(globs: readonly string[]): string[] {
  const sources = listSources('src')
  const matches = globs.flatMap((glob) => {
    const path = glob.replace(/^(contracts\/)?(src\/)?/, 'src/')
    const found = sources.filter((source) => toPattern(path).test(source))
    if (found.length === 0) throw new Error(`no source matches ${glob}`)
    return found
  })
  return [...new Set(matches)]
}

// "Name.sol:Name", with a path before it or not, or "out/Name.sol/Name.json".
const deployed = /"(?:[^"\n]*\/)?(\w+)\.sol(?::\1|\/\1\.json)"/g

/** The contracts of `src` that tests name to `deployCode`. */
export function findTargets(isExcluded: (test: string) => boolean): Target[] {
  const sources = listSources('src')
  const targets = new Map<string, Target>()
  for (const test of listSources('test')) {
    if (isExcluded(test)) continue
    const code = readFileSync(join(contracts, test), 'utf8')
    for (const [, name] of code.matchAll(deployed)) {
      const source = sources.find((each) => basename(each) === `${name}.sol`)
      if (!name || !source) continue
      const artifact = `out/${name}.sol/${name}.json`
      targets.set(name, { name, source, artifact })
    }
  }
  return [...targets.values()]
}

function readMappings({ remappings }: Config): [string, string][] {
  return remappings.map((remapping) => {
    const [prefix = '', path = ''] = remapping.split('=')
    const target = relative(root, resolve(contracts, path))
    return [prefix, `${target.replaceAll('\\', '/')}/`]
  })
}

/** The remappings, relative to the repository as the sources' names are. */
export function formatMappings(settings: Config): string[] {
  return readMappings(settings).map(([prefix, path]) => `${prefix}=${path}`)
}

/** The source of `target` and all that it imports, as the compiler names it. */
export function readClosure(target: Target, settings: Config): Sources {
  const mappings = readMappings(settings)
  const sources: Record<string, { content: string }> = {}
  const queue = [`contracts/${target.source}`]
  for (const name of queue) {
    if (sources[name]) continue
    const content = readFileSync(join(root, name), 'utf8')
    sources[name] = { content }
    for (const [, path = ''] of content.matchAll(
      /\b(?:import|from)\s+"([^"]+)"/g,
    )) {
      const mapping = mappings.find(([prefix]) => path.startsWith(prefix))
      const imported = mapping
        ? mapping[1] + path.slice(mapping[0].length)
        : posix.join(posix.dirname(name), path)
      if (existsSync(join(root, imported))) queue.push(imported)
    }
  }
  return sources
}

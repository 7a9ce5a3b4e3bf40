import { createRequire } from 'node:module'
import { z } from 'zod'
import {
  type Config,
  formatMappings,
  type Sources,
  type Target,
} from './project'

interface Solc {
  compile(input: string): string
}

const solc = createRequire(import.meta.url)('solc') as Solc

const output = z.object({
  errors: z
    .array(z.object({ severity: z.string(), formattedMessage: z.string() }))
    .optional(),
  contracts: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          ir: z.string().optional(),
          evm: z
            .object({ bytecode: z.object({ object: z.string() }) })
            .optional(),
        }),
      ),
    )
    .optional(),
})

/** The compiler does not take the source. */
export class BuildError extends Error {}

function run(input: object): z.infer<typeof output> {
  const result = output.parse(JSON.parse(solc.compile(JSON.stringify(input))))
  const error = result.errors?.find(({ severity }) => severity === 'error')
  if (error) throw new BuildError(error.formattedMessage)
  return result
}

/** Position behind the brace that closes the first one from `start` on. */
function findEnd(yul: string, start: number): number {
  const pattern = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{}]/g
  pattern.lastIndex = yul.indexOf('{', start)
  let depth = 0
  for (let match = pattern.exec(yul); match; match = pattern.exec(yul)) {
    if (match[0] === '{') depth++
    if (match[0] === '}' && --depth === 0) return pattern.lastIndex
  }
  throw new Error('nothing closes the object')
}

/** The same for objects that differ in nothing but the numbers in names. */
function toKey(yul: string): string {
  const numbers = new Map<string, number>()
  return yul.replace(/_\d+\b/g, (suffix) => {
    const number = numbers.get(suffix) ?? numbers.size
    numbers.set(suffix, number)
    return `_${number}`
  })
}

/**
 * Compiles contracts through the intermediate representation, in two steps:
 * what a contract creates is an object of its own there, and is compiled only
 * when it has changed. The bytecode is the same as in one step.
 */
export class Compiler {
  private readonly objects = new Map<string, string>()

  constructor(private readonly config: Config) {}

  /** Creation bytecode of `target`, without 0x. Throws a BuildError. */
  compile(target: Target, sources: Sources): string {
    const name = `contracts/${target.source}`
    const result = run({
      language: 'Solidity',
      sources,
      settings: {
        ...this.settings(),
        viaIR: true,
        remappings: formatMappings(this.config),
        outputSelection: { [name]: { [target.name]: ['ir'] } },
      },
    })
    const ir = result.contracts?.[name]?.[target.name]?.ir
    if (!ir) throw new Error(`${name} has no contract ${target.name}`)
    return this.compileObject(ir)
  }

  private settings(): object {
    const { optimizer, optimizer_runs, evm_version } = this.config
    return {
      optimizer: { enabled: optimizer, runs: optimizer_runs },
      evmVersion: evm_version,
      metadata: {
        bytecodeHash: this.config.bytecode_hash,
        appendCBOR: this.config.cbor_metadata,
      },
      debug: { debugInfo: [] },
    }
  }

  private compileObject(yul: string): string {
    const key = toKey(yul)
    const known = this.objects.get(key)
    if (known !== undefined) return known
    const { metadata: _, ...settings } = {
      metadata: undefined,
      ...this.settings(),
    }
    const result = run({
      language: 'Yul',
      sources: { object: { content: this.inline(yul) } },
      settings: {
        ...settings,
        outputSelection: { '*': { '*': ['evm.bytecode.object'] } },
      },
    })
    const [contract] = Object.values(result.contracts?.object ?? {})
    const bytecode = contract?.evm?.bytecode.object
    if (!bytecode) throw new Error('no bytecode')
    this.objects.set(key, bytecode)
    return bytecode
  }

  /** Replaces the objects of created contracts by their bytecode. */
  private inline(yul: string): string {
    const own = /object "([^"]+)"/.exec(yul)?.[1]
    const pattern = /object "([^"]+)" \{/g
    let result = ''
    let at = 0
    for (let match = pattern.exec(yul); match; match = pattern.exec(yul)) {
      const [, name] = match
      if (name === own || name === `${own}_deployed`) continue
      const end = findEnd(yul, match.index)
      const bytecode = this.compileObject(yul.slice(match.index, end))
      result += `${yul.slice(at, match.index)}data "${name}" hex"${bytecode}"`
      at = end
      pattern.lastIndex = end
    }
    return result + yul.slice(at)
  }
}

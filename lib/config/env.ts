import { z } from 'zod'

const hexKey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'must be a 32-byte hex private key')
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be a 20-byte hex address')

const serverSchema = z.object({
  /** Postgres connection string. */
  DATABASE_URL: z.string().min(1),
  /** JSON-RPC endpoint of the chain. */
  RPC_URL: z.url(),
  /** EIP-155 chain id that `RPC_URL` must answer with. */
  CHAIN_ID: z.coerce.number().int().positive().default(31337),
  /** Public origin of the app: SIWE domain, Origin checks, next-auth. */
  APP_URL: z.url(),
  /** Signs next-auth's login cookie. */
  NEXTAUTH_SECRET: z.string().min(32),
  /** Comma-separated owner wallets that are admins. */
  ADMIN_ADDRESSES: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    )
    .pipe(z.array(address)),
  /** Address of the platform's revoker key, named in each policy. */
  REVOKER_ADDRESS: address,
  /** Address of the key that pays for bundles; no session may call it. */
  RELAYER_ADDRESS: address,
  /** Base URL of a block explorer; empty uses the built-in page. */
  EXPLORER_URL: z.string().default(''),
})

const workerSchema = serverSchema
  .pick({ DATABASE_URL: true, RPC_URL: true, CHAIN_ID: true })
  .extend({
    /** Pays for bundles. Held by the worker process alone. */
    RELAYER_PRIVATE_KEY: hexKey,
    /** Ends sessions and pauses policies. Held by the worker process alone. */
    REVOKER_PRIVATE_KEY: hexKey,
    /** Highest fee per gas the relay pays, in wei. */
    MAX_FEE_PER_GAS_WEI: z.coerce.bigint().default(200_000_000_000n),
  })

export type ServerEnv = z.infer<typeof serverSchema>
export type WorkerEnv = z.infer<typeof workerSchema>

function parse<T>(schema: z.ZodType<T>): T {
  const result = schema.safeParse(process.env)
  if (result.success) return result.data
  const lines = result.error.issues.map(
    (issue) => `  ${issue.path.join('.')}: ${issue.message}`,
  )
  throw new Error(`Environment is not valid:\n${lines.join('\n')}`)
}

let serverEnv: ServerEnv | undefined

/** Environment of a web process, parsed once. @throws when a variable is missing or malformed, naming it. */
export function getServerEnv(): ServerEnv {
  serverEnv ??= parse(serverSchema)
  return serverEnv
}

/** Environment of the worker process. @throws when a variable is missing or malformed, naming it. */
export function getWorkerEnv(): WorkerEnv {
  return parse(workerSchema)
}

import { z } from 'zod'

const hexKey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'must be a 32-byte hex private key')
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be a 20-byte hex address')

/** Comma-separated, at least one. */
const listOf = <Item extends z.ZodType<string, string>>(item: Item) =>
  z
    .string()
    .transform((list) => list.split(',').map((entry) => entry.trim()))
    .pipe(z.array(item).min(1))
const gas = z.coerce.bigint().positive()

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
  /** Comma-separated addresses of the keys that pay for bundles; no session may call them. */
  RELAYER_ADDRESSES: listOf(address),
  /** Base URL of a block explorer; empty uses the built-in page. */
  EXPLORER_URL: z.string().default(''),
  /** Gas that the relay pays for one session in all its life. */
  SPONSOR_SESSION_GAS: gas.default(5_000_000_000n),
  /** Gas that the relay pays for one player's account in a day (UTC). */
  SPONSOR_PLAYER_DAY_GAS: gas.default(2_000_000_000n),
  /** Gas that the relay pays for one game in a day (UTC), unless the game has a limit of its own. */
  SPONSOR_GAME_DAY_GAS: gas.default(500_000_000_000n),
  /** Gas that the relay pays for one studio in a day (UTC), unless the studio has a limit of its own. */
  SPONSOR_STUDIO_DAY_GAS: gas.default(1_000_000_000_000n),
  /** Bearer token that `/api/metrics` asks for; without one, it is not there. */
  METRICS_TOKEN: z.string().min(16).optional(),
  /** Base URL of an OpenTelemetry collector (OTLP over HTTP); without one, nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
})

const workerSchema = serverSchema
  .pick({
    DATABASE_URL: true,
    RPC_URL: true,
    CHAIN_ID: true,
    METRICS_TOKEN: true,
    OTEL_EXPORTER_OTLP_ENDPOINT: true,
  })
  .extend({
    /** Comma-separated keys that pay for bundles; the last of several is the side key. Held by the worker process alone. */
    RELAYER_PRIVATE_KEYS: listOf(hexKey),
    /** Ends sessions and pauses policies. Held by the worker process alone. */
    REVOKER_PRIVATE_KEY: hexKey,
    /** Highest fee per gas the relay pays, in wei. */
    MAX_FEE_PER_GAS_WEI: z.coerce.bigint().default(200_000_000_000n),
    /** A key with less takes no new work, in wei. */
    MIN_BALANCE_WEI: z.coerce.bigint().default(50_000_000_000_000_000n),
    /** A block is final when this many follow it; without it, when the node says so. */
    FINALITY_BLOCKS: z.coerce.number().int().min(0).optional(),
    /** Port of the worker's own metrics and health, on loopback; 0 = none. */
    WORKER_METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
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

const mirrorSchema = workerSchema.pick({
  DATABASE_URL: true,
  RPC_URL: true,
  CHAIN_ID: true,
  FINALITY_BLOCKS: true,
})

/** What reading the chain into the database takes: no keys. @throws when a variable is missing or malformed, naming it. */
export function getMirrorEnv(): z.infer<typeof mirrorSchema> {
  return parse(mirrorSchema)
}

const observationSchema = z.object({
  /** Least important lines that are logged. */
  LOG_LEVEL: z
    .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
})

/** What every process needs to know before anything else: how much to log, where to send traces. @throws when malformed */
export function getObservationEnv(): z.infer<typeof observationSchema> {
  return parse(observationSchema)
}

import type { Statement } from './postgres-proxy'
import type { RpcRequest } from './rpc-proxy'
import type { Moment } from './trap'

/** What is killed at a point. */
export type Victim = 'web' | 'worker' | 'database'

/** What has to go on so that the point is reached. */
export type Stimulus =
  | 'play'
  | 'grant'
  | 'revoke'
  | 'stuck'
  | 'undo'
  | 'restart'

/** A step between two others, told by a message that a process sends to PostgreSQL or to the node. */
export type KillPoint = {
  name: string
  victim: Victim
  /** Whose message it is. */
  at: 'web' | 'worker'
  moment: Moment
  stimulus: Stimulus
  /** Also in the short form, which has no time for all of them. */
  isShort?: boolean
} & (
  | { statement: (statement: Statement) => boolean }
  | { rpc: (request: RpcRequest) => boolean }
)

const has = (pattern: RegExp) => (statement: Statement) =>
  pattern.test(statement.text)

const storesIntent = has(/INSERT INTO "Intent"[\s\S]*'queued'/)
const storesTransaction = has(/INSERT INTO "RelayTransaction"/)
const storesReplacement = ({ text }: Statement) =>
  /INSERT INTO (public\.|"public"\.)?"RelayAttempt"/.test(text) &&
  !/"RelayTransaction" \(/.test(text)
const settles = has(/INSERT INTO "ChainEvent"/)
const recordsMined = has(
  /UPDATE "RelayTransaction"( \w+)? SET state[\s\S]*"gasUsed"/,
)
const storesCheckpoint = has(/INSERT INTO "MirrorBlock"/)
const undoes = has(/DELETE FROM ("public"\.)?"ChainEvent"/)
const storesGrant = has(/INSERT INTO ("public"\.)?"SessionGrant"/)
const revokes = has(/UPDATE "Session" SET[\s\S]*"revokeRequestedAt" = COALESCE/)
const storesTask = has(/INSERT INTO ("public"\.)?"RelayTask"/)
const sends = ({ method }: RpcRequest) => /^eth_sendRaw/.test(method)
const asksForReceipt = ({ method }: RpcRequest) =>
  method === 'eth_getTransactionReceipt'

const web = { victim: 'web', at: 'web' } as const
const worker = { victim: 'worker', at: 'worker' } as const

/** Between any two steps of an intent's life, and of what goes on beside it. Workers and others take turns, so that each has time to start again. */
export const killPoints: KillPoint[] = [
  {
    ...{
      name: 'worker: work claimed, nothing stored',
      isShort: true,
      ...worker,
    },
    ...{ moment: 'before', stimulus: 'play', statement: storesTransaction },
  },
  {
    ...{
      name: 'web: admission checked, nothing stored',
      isShort: true,
      ...web,
    },
    ...{ moment: 'before', stimulus: 'play', statement: storesIntent },
  },
  {
    ...{
      name: 'worker: transaction stored, not sent',
      isShort: true,
      ...worker,
    },
    ...{ moment: 'after', stimulus: 'play', statement: storesTransaction },
  },
  {
    ...{ name: 'web: intent stored, not answered', isShort: true, ...web },
    ...{ moment: 'after', stimulus: 'play', statement: storesIntent },
  },
  {
    ...{
      name: 'worker: transaction mined, no receipt seen',
      isShort: true,
      ...worker,
    },
    ...{ moment: 'after', stimulus: 'play', rpc: sends },
  },
  {
    ...{ name: 'web: amid a revocation', isShort: true, ...web },
    ...{ moment: 'after', stimulus: 'revoke', statement: revokes },
  },
  {
    ...{
      name: 'worker: receipt seen, nothing settled',
      isShort: true,
      ...worker,
    },
    ...{ moment: 'before', stimulus: 'play', statement: settles },
  },
  {
    ...{
      name: 'database: during admission',
      isShort: true,
      victim: 'database',
      at: 'web',
    },
    ...{ moment: 'during', stimulus: 'play', statement: storesIntent },
  },
  {
    ...{
      name: 'worker: intents settled, transaction open',
      isShort: true,
      ...worker,
    },
    ...{ moment: 'after', stimulus: 'play', statement: settles },
  },
  {
    ...{
      name: 'database: while settling',
      isShort: true,
      victim: 'database',
      at: 'worker',
    },
    ...{ moment: 'during', stimulus: 'play', statement: settles },
  },
  {
    ...{ name: 'worker: mirror amid a block', isShort: true, ...worker },
    ...{ moment: 'before', stimulus: 'play', statement: storesCheckpoint },
  },
  {
    ...{
      name: 'worker: replacement stored, not sent',
      isShort: true,
      ...worker,
    },
    ...{ moment: 'after', stimulus: 'stuck', statement: storesReplacement },
  },
  {
    ...{ name: 'worker: amid undoing blocks', isShort: true, ...worker },
    ...{ moment: 'after', stimulus: 'undo', statement: undoes },
  },
  {
    ...{ name: 'worker: while recovering', isShort: true, ...worker },
    ...{ moment: 'after', stimulus: 'restart', rpc: asksForReceipt },
  },
  {
    ...{ name: 'worker: transaction on its way to the node', ...worker },
    ...{ moment: 'during', stimulus: 'play', rpc: sends },
  },
  {
    ...{ name: 'web: grant stored, not answered', ...web },
    ...{ moment: 'after', stimulus: 'grant', statement: storesGrant },
  },
  {
    ...{ name: 'worker: transaction closed, work not released', ...worker },
    ...{ moment: 'after', stimulus: 'play', statement: recordsMined },
  },
  {
    ...{ name: 'database: while a transaction is stored', victim: 'database' },
    ...{ at: 'worker', moment: 'during', stimulus: 'play' },
    statement: storesTransaction,
  },
  {
    ...{ name: 'worker: replacement signed, not stored', ...worker },
    ...{ moment: 'before', stimulus: 'stuck', statement: storesReplacement },
  },
  {
    ...{ name: 'database: amid a revocation', victim: 'database', at: 'web' },
    ...{ moment: 'during', stimulus: 'revoke', statement: storesTask },
  },
  {
    ...{ name: 'worker: revocation sent, not finished', ...worker },
    ...{ moment: 'after', stimulus: 'revoke', rpc: sends },
  },
]

import pino from 'pino'
import { getObservationEnv } from '@/lib/config/env'
import { describeError } from './describe-error'

/**
 * Structured log of this process: one JSON object per line, with the ids it is about (callsId, sessionId,
 * transactionId, txHash, signer, nonce) and counts; never keys, signatures, cookies, signed transactions or messages.
 */
export const logger = pino({
  base: null,
  level: getObservationEnv().LOG_LEVEL,
  formatters: { level: (level) => ({ level }) },
  timestamp: pino.stdTimeFunctions.isoTime,
  // Nobody logs these. Should it happen one day, they stay out all the same.
  redact: ['privateKey', 'signature', 'cookie', 'raw', 'authorization'].flatMap(
    (name) => [name, `*.${name}`],
  ),
  serializers: { err: describeError },
})

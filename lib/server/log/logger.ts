import pino from 'pino'

/** Structured log of this process: ids and counts, never keys, signatures, cookies or messages. */
export const logger = pino({
  base: null,
  formatters: { level: (level) => ({ level }) },
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: ['privateKey', 'signature', 'cookie', '*.signature', '*.privateKey'],
  serializers: { err: (error: unknown) => describeError(error) },
})

/** Name and first line only: errors of the chain client hold whole requests. */
function describeError(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: 'unknown', message: '' }
  const message = error.message.split('\n')[0]?.slice(0, 300) ?? ''
  return { name: error.name, message }
}

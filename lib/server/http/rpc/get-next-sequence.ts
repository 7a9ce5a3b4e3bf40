import type { Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { NextSequenceResult } from '@/lib/rpc/session-methods'
import { getDatabase } from '../../db/database'
import { loadAdmissionFacts } from '../../relay/admission-facts'

/** `playkey_getNextSequence`: next free sequence of a lane, counting what is on its way. @throws PlaykeyError `session_unknown` */
export async function getNextSequence([{ sessionId, lane }]: [
  { sessionId: Hex; lane: number },
]): Promise<NextSequenceResult> {
  const facts = await loadAdmissionFacts(getDatabase(), sessionId, '0x')
  if (!facts) throw new PlaykeyError('session_unknown')
  return {
    sequence: facts.session.nextSequence(lane),
    serverTimeMs: Date.now() + facts.aheadSeconds * 1000,
  }
}

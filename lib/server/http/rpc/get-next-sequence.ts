import type { Hex } from 'viem'
import type { NextSequenceResult } from '@/lib/rpc/session-methods'
import { getDatabase } from '../../db/database'
import { getAdmissionFacts } from '../../relay/admission/admission-facts'

/** `playkey_getNextSequence`: next free sequence of a lane, counting what is on its way. @throws PlaykeyError `session_unknown` */
export async function getNextSequence([{ sessionId, lane }]: [
  { sessionId: Hex; lane: number },
]): Promise<NextSequenceResult> {
  const facts = await getAdmissionFacts(getDatabase(), sessionId)
  return {
    sequence: facts.session.nextSequence(lane),
    serverTimeMs: Date.now() + facts.aheadSeconds * 1000,
  }
}

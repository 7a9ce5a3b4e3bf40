import { fromTermsJson, toTermsJson } from '../permission/terms-json'
import type { Session, SessionJson } from './session'

/** A session as JSON carries it: wei as decimal strings. */
export function toSessionJson(session: Session): SessionJson {
  return { ...session, terms: toTermsJson(session.terms) }
}

/** A session from checked JSON (see `sessionJsonSchema`). */
export function fromSessionJson(json: SessionJson): Session {
  return { ...json, terms: fromTermsJson(json.terms) }
}

import {
  fromPermissionJson,
  toPermissionJson,
} from '../permission/permission-json'
import type { Session, SessionJson } from './session'

/** A session as JSON carries it: wei as decimal strings. */
export function toSessionJson(session: Session): SessionJson {
  return { ...session, permissions: session.permissions.map(toPermissionJson) }
}

/** A session from checked JSON (see `sessionJsonSchema`). */
export function fromSessionJson(json: SessionJson): Session {
  return { ...json, permissions: json.permissions.map(fromPermissionJson) }
}

/** How long an intent that overtook the one before it waits for it. */
const OVERTAKEN_WAIT_MS = 400

/** How long intents wait for those before them. All of one request share it, so that none waits behind one that was refused. */
export type Patience = {
  /** Unix milliseconds; looked at each time anew. */
  untilMs: number
}

/** Patience that begins now. */
export function startPatience(): Patience {
  return { untilMs: Date.now() + OVERTAKEN_WAIT_MS }
}

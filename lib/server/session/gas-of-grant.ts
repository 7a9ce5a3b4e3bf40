/** Most that the contract gives the compiler for one question: compiling terms, or comparing them with the policy's. */
export const COMPILE_GAS = 3_000_000
/** Most that an account may take to answer for its owner. */
const ANSWER_GAS = 500_000
/** Most that an account of someone else may take to say whether it has a module. */
const MODULE_GAS = 50_000
/** Enabling a session, its account's creation and its owner's plain signature included. */
const ENABLE_GAS = 300_000
/** Ending one session along with it. */
const ENDED_GAS = 30_000

/** Gas that a bundle brings for a grant. */
export type GrantGas = {
  /** What it takes at most. */
  gas: number
  /** What has to be left besides when the contract asks its dearest question; not used up, so that all grants of a bundle share it. */
  reserve: number
}

/** What the gas of a grant follows from. */
export type GrantShape = {
  /** Permissions of the session. */
  entries: number
  /** Sessions that end along with it. */
  ended: number
  /** What its own terms take; null when they are the policy's. */
  ownTermsGas: number | null
  /** The owner is no plain key: a contract answers, which may take all it is given. */
  answersInCode: boolean
  /** The account is not one of ours, and answers for its modules too: three kinds for each target, and whether it has us. */
  isForeign: boolean
}

/** Gas for enabling a session, by what SessionGrants asks on the way. */
export function gasOfGrant(shape: GrantShape): GrantGas {
  const { entries, ended, ownTermsGas, answersInCode, isForeign } = shape
  return {
    gas:
      ENABLE_GAS +
      ENDED_GAS * ended +
      (answersInCode ? ANSWER_GAS : 0) +
      (isForeign ? MODULE_GAS * (3 * entries + 1) : 0) +
      (ownTermsGas ?? 0),
    reserve: reserveFor(ownTermsGas === null ? ANSWER_GAS : COMPILE_GAS),
  }
}

/** The contract wants for a question one part in 32 more than it may take, and 50,000 for what follows. */
function reserveFor(question: number): number {
  return question + Math.ceil(question / 32) + 50_000
}

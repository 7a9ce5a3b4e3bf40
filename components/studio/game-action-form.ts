import { formatEther, parseEther } from 'viem'
import { isFunctionSignature } from '@/lib/permission/function-signature'
import type { DraftActionView, GameActionInput } from '@/lib/policy/studio-view'
import { explainRule } from './explain-rule'
import {
  type PeriodText,
  periodFaultOf,
  periodOf,
  periodTextOf,
} from './period-field'
import { rulesOf } from './rule-fields'

/** Fields that are one line of text. */
type Lines = Record<
  | 'name'
  | 'description'
  | 'contract'
  | 'signature'
  | 'maxCalls'
  | 'ethPerCall'
  | 'ethTotal'
  | 'callsPerPeriod'
  | 'ethPerPeriod'
  | 'gasLimit',
  string
>

/** One game action as it is typed. */
export type GameActionForm = Lines & { period: PeriodText; rules: string[] }

export type GameActionField = keyof Lines

const ether = (wei: string | undefined) => formatEther(BigInt(wei ?? 0))

/** A draft row as a form; null begins a new one on `contract`. */
export function formOf(
  row: DraftActionView | null,
  contract: string,
): GameActionForm {
  const { permission } = row ?? {}
  return {
    name: row?.name ?? '',
    description: row?.description ?? '',
    contract: permission?.to ?? contract,
    signature: permission?.signature ?? '',
    maxCalls: String(permission?.maxCalls ?? 100),
    ethPerCall: ether(permission?.maxValuePerCall),
    ethTotal: ether(permission?.maxValue),
    period: periodTextOf(permission?.period ?? 0),
    callsPerPeriod: String(permission?.maxCallsPerPeriod || 10),
    ethPerPeriod: ether(permission?.maxValuePerPeriod),
    rules: permission?.rules ?? [],
    gasLimit: String(row?.gasLimit ?? 150_000),
  }
}

const isEther = (text: string) => /^\d+(\.\d{1,18})?$/.test(text.trim())
const isCount = (text: string) => /^\d+$/.test(text.trim())

/** Whether the action may carry ETH at all. */
export function carriesEther({ ethTotal }: GameActionForm): boolean {
  return isEther(ethTotal) && parseEther(ethTotal.trim()) > 0n
}

function periodFaults(form: GameActionForm): Partial<Lines> {
  if (form.period.unit === 'none') return {}
  const faults: Partial<Lines> = {}
  const calls = Number(form.callsPerPeriod)
  if (!isCount(form.callsPerPeriod) || calls < 1) {
    faults.callsPerPeriod = 'Enter a whole number from 1.'
  } else if (calls > Number(form.maxCalls)) {
    faults.callsPerPeriod = 'Not more than per session.'
  }
  if (!carriesEther(form)) return faults
  if (!isEther(form.ethPerPeriod)) {
    faults.ethPerPeriod = 'Enter an amount of ETH.'
  } else if (Number(form.ethPerPeriod) < Number(form.ethPerCall)) {
    faults.ethPerPeriod = 'Not less than per call.'
  } else if (Number(form.ethPerPeriod) > Number(form.ethTotal)) {
    faults.ethPerPeriod = 'Not more than per session.'
  }
  return faults
}

/** First thing wrong with each line of the form; the server checks all of it again. */
export function faultsOf(form: GameActionForm): Partial<Lines> {
  const faults = periodFaults(form)
  if (!isCount(form.maxCalls)) faults.maxCalls = 'Enter a whole number.'
  if (!isCount(form.gasLimit)) faults.gasLimit = 'Enter a whole number.'
  if (!isEther(form.ethPerCall)) faults.ethPerCall = 'Enter an amount of ETH.'
  if (!isEther(form.ethTotal)) faults.ethTotal = 'Enter an amount of ETH.'
  if (!form.name.trim()) faults.name = 'Players need a name to read.'
  if (!isFunctionSignature(form.signature.trim())) {
    faults.signature = 'Write it like move(uint8).'
  }
  return faults
}

/** Whether the form can be sent. Faults of period and rules are shown where they are typed. */
export function isSendable(form: GameActionForm): boolean {
  const hasPeriod = form.period.unit !== 'none'
  const signature = form.signature.trim()
  return (
    Object.keys(faultsOf(form)).length === 0 &&
    periodFaultOf(form.period) === null &&
    rulesOf(form.rules).every(
      (text) => explainRule(text, signature, hasPeriod) === null,
    )
  )
}

/** What is sent. @throws viem's errors for amounts that `faultsOf` names. */
export function inputOf(
  form: GameActionForm,
  id: string | undefined,
): GameActionInput {
  const wei = (text: string) => String(parseEther(text.trim()))
  const period = periodOf(form.period)
  const valuePerPeriod =
    period > 0 && carriesEther(form) ? wei(form.ethPerPeriod) : '0'
  return {
    id,
    name: form.name.trim(),
    description: form.description.trim(),
    contract: form.contract.trim(),
    signature: form.signature.trim(),
    maxCalls: Number(form.maxCalls),
    maxValuePerCall: wei(form.ethPerCall),
    maxValue: wei(form.ethTotal),
    period,
    maxCallsPerPeriod: period > 0 ? Number(form.callsPerPeriod) : 0,
    maxValuePerPeriod: valuePerPeriod,
    rules: rulesOf(form.rules),
    gasLimit: Number(form.gasLimit),
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultResult } from './chain-faults'
import { STUCK_AFTER_MS } from './cluster'
import { createMachine, type Machine } from './machine'
import { awaitRecovery } from './recovery'
import type { Run } from './run'

const BUSY_MS = 90_000

/** Each machine is killed in its turn, while players play, and started again. */
export async function killInTurn(
  run: Run,
  rounds: number,
): Promise<FaultResult> {
  const { webs, workers } = run.cluster
  const inTurn = [webs[0], workers[0], webs[1], workers[1], webs[2]]
  let slowest = 0
  for (let round = 0; round < rounds; round += 1)
    for (const machine of inTurn) {
      if (!machine) continue
      await run.repair()
      const sinceMs = Date.now()
      machine.kill()
      const point = `in turn: ${machine.name}`
      const recoverySeconds = await awaitRecovery(run, sinceMs, point)
      run.kills.push({ point, recoverySeconds })
      slowest = Math.max(slowest, recoverySeconds)
    }
  await run.repair()
  return { name: 'machines killed in turn', recoverySeconds: slowest }
}

/** A worker is stopped for longer than anybody waits, others take over, and then it goes on as if nothing had been. */
export async function freezeWorker(
  run: Run,
  seconds: number,
): Promise<FaultResult> {
  await run.repair()
  const frozen = await findBusy(run)
  const sinceMs = Date.now()
  frozen.freeze()
  await sleep(seconds * 1_000)
  const hadRecovered = await awaitRecovery(run, sinceMs, 'a frozen worker')
    .then((recoverySeconds) => recoverySeconds)
    .finally(() => frozen.thaw())
  // What it still believes meets what others have done since.
  await sleep(2_000)
  await awaitRecovery(run, Date.now(), 'a thawed worker')
  return { name: 'worker frozen', recoverySeconds: hadRecovered }
}

/** Whoever sends transactions now. @throws when nobody does for long */
async function findBusy({ cluster }: Run): Promise<Machine> {
  const { workers } = cluster
  const sending = new Promise<Machine>((resolve) => {
    for (const machine of workers)
      machine.rpc.traps.set({
        moment: 'after',
        matches: ({ method }) => /^eth_sendRaw/.test(method),
        spring: () => resolve(machine),
      })
  })
  const late = sleep(BUSY_MS, null, { ref: false })
  const busy = await Promise.race([sending, late]).finally(() => {
    for (const { rpc } of workers) rpc.traps.set(null)
  })
  if (busy === null) throw new Error(`no worker sent anything in ${BUSY_MS} ms`)
  return busy
}

/** Someone starts another worker with the same keys. */
export async function startAnotherWorker(
  run: Run,
  seconds: number,
): Promise<FaultResult> {
  const { stack } = run.cluster
  const { databaseUrl, rpcUrl, environment } = stack
  const another = await createMachine({
    ...{ name: 'worker by mistake', role: 'worker', databaseUrl, rpcUrl },
    ...{ env: environment.worker, stuckAfterMs: STUCK_AFTER_MS },
  })
  const sinceMs = Date.now()
  try {
    await another.start()
    await sleep(seconds * 1_000)
    another.kill()
    const name = 'another worker by mistake'
    const recoverySeconds = await awaitRecovery(run, sinceMs, name)
    return { name, recoverySeconds }
  } finally {
    await another.stop()
  }
}

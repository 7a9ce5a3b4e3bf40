import type { KeyContext } from '../key/key-context'
import type { Job } from '../key/store-transaction'
import { nextBundle, nextTask } from './next-job'

/** Tasks are looked for this often even when nobody tells of any. */
const TASKS_MS = 1_000

/** Where a key finds what to do next. */
export type JobQueue = {
  /** Null when there is nothing to do. @param minedId The last transaction, if nobody has to wait until it is settled. */
  next(minedId: string | null): Promise<Job | null>
  /** There may be a task. */
  noteTask(): void
}

export function createJobQueue(key: KeyContext): JobQueue {
  const { plan, signer, pulse, lease } = key
  let mayHaveTasks = true
  let readMs = 0
  /** The last transaction did a task: moves come first now, so that a flood of tasks holds up no player. */
  let isMovesTurn = false

  /** The last bundle was a suspect alone: healthy ones come first now, so that many suspects hold up nobody. */
  let healthyFirst = false

  const findBundle = async (minedId: string | null) => {
    if (!plan.share) return null
    const aheadSeconds = pulse.aheadSeconds()
    const search = { ...key, fence: lease, minedId, aheadSeconds, healthyFirst }
    const bundle = await nextBundle(search, plan.share)
    healthyFirst = bundle?.isSuspect ?? false
    return bundle
  }

  const findTask = async () => {
    if (!plan.doesTasks) return null
    if (!mayHaveTasks && Date.now() - readMs < TASKS_MS) return null
    mayHaveTasks = false
    readMs = Date.now()
    const task = await nextTask(key, plan.role, signer.address)
    mayHaveTasks ||= task !== null
    return task
  }

  return {
    async next(minedId) {
      const bundle = isMovesTurn ? await findBundle(minedId) : null
      isMovesTurn = false
      if (bundle) return bundle
      const task = await findTask()
      isMovesTurn = task !== null
      return task ?? findBundle(minedId)
    },
    noteTask() {
      mayHaveTasks = true
    },
  }
}

import { describe, expect, test } from 'vitest'
import { isConcerned, planKeys, SIDE } from './key-share'

describe('planKeys', () => {
  test('behavior: one key does it all', () => {
    expect(planKeys(['a'], 'r')).toEqual([
      {
        ...{ key: 'a', role: 'relayer', index: 0, doesTasks: true },
        share: { kind: 'all' },
      },
      {
        ...{ key: 'r', role: 'revoker', index: 0, doesTasks: true },
        share: null,
      },
    ])
  })

  test.each([2, 3, 5])(
    'behavior: of %i keys, each shard has exactly one, and the last has none but does the tasks',
    (count) => {
      const keys = Array.from({ length: count }, (_, at) => `k${at}`)
      const plans = planKeys(keys, 'r').filter(({ role }) => role === 'relayer')
      for (let shard = 0; shard < 64; shard += 1) {
        const carriers = plans.filter(
          ({ share }) =>
            share?.kind === 'main' && shard % share.of === share.place,
        )
        expect(carriers).toHaveLength(1)
      }
      expect(plans.filter(({ doesTasks }) => doesTasks)).toEqual(
        plans.slice(-1),
      )
      expect(plans.at(-1)?.share).toEqual({ kind: 'side' })
    },
  )
})

describe('isConcerned', () => {
  test('behavior: news of a shard is for the key that carries it, of sidelined sessions for the side key', () => {
    const shares = planKeys(['a', 'b', 'side'], 'r').flatMap(
      ({ share }) => share ?? [],
    )
    const concerned = (...shards: string[]) =>
      shares.map((share) => isConcerned(share, shards))
    expect(concerned('4')).toEqual([true, false, false])
    expect(concerned('7')).toEqual([false, true, false])
    expect(concerned(SIDE)).toEqual([false, false, true])
    expect(concerned('63', SIDE)).toEqual([false, true, true])
    expect(isConcerned({ kind: 'all' }, [SIDE])).toBe(true)
  })
})

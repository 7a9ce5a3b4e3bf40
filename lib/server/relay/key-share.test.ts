import { describe, expect, test } from 'vitest'
import { planKeys } from './key-share'

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

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBoundedMap } from './bounded-map'

test('behavior: what was touched lately is kept, and never more than the maximum', () => {
  const map = createBoundedMap<number, number>(10)
  map.set(0, 100)
  for (let key = 1; key < 1_000; key += 1) {
    map.set(key, key)
    expect(map.get(0)).toBe(100)
  }
  const kept = Array.from({ length: 1_000 }, (_, key) => map.get(key))
  expect(kept.filter((value) => value !== undefined).length).toBeLessThan(11)
})

test('behavior: answers as a plain map does, as long as it is not full', () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom('get', 'set', 'delete'), fc.nat(9)),
  )
  fc.assert(
    fc.property(steps, (all) => {
      const [map, plain] = [createBoundedMap<number, number>(40), new Map()]
      for (const [at, [step, key]] of all.entries()) {
        if (step === 'set') {
          map.set(key, at)
          plain.set(key, at)
        } else if (step === 'delete') {
          map.delete(key)
          plain.delete(key)
        } else expect(map.get(key)).toBe(plain.get(key))
      }
    }),
  )
})

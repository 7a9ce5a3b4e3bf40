import { expect, test } from 'vitest'
import { limitByAddress } from './rate-limits'

test('security: a caller behind our proxy cannot pass for many by writing addresses of its own', () => {
  const send = (invented: string) => {
    const headers = new Headers({
      'x-forwarded-for': `${invented}, 203.0.113.9`,
    })
    limitByAddress({ headers }, 'login')
  }
  const flood = () => {
    for (let count = 0; count < 100; count += 1) send(`198.51.100.${count}`)
  }
  expect(flood).toThrow('too fast')
})

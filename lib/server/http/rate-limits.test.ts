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

test.each([
  ['2001:db8:1:2::', (count: number) => `2001:db8:1:2::${count.toString(16)}`],
  [
    '2001:db8:0:0',
    (count: number) => `2001:DB8::${count.toString(16)}:0:0:${count % 7}`,
  ],
])(
  'security: a network of IPv6 (%s) counts as one caller, however it is written',
  (_, addressAt) => {
    const flood = () => {
      for (let count = 1; count < 100; count += 1)
        limitByAddress(
          { headers: new Headers({ 'x-forwarded-for': addressAt(count) }) },
          'login',
        )
    }
    expect(flood).toThrow('too fast')
  },
)

test('behavior: networks of IPv6 that differ count apart', () => {
  for (let count = 1; count < 100; count += 1)
    limitByAddress(
      {
        headers: new Headers({
          'x-forwarded-for': `2001:db8:aa:${count.toString(16)}::1`,
        }),
      },
      'login',
    )
})

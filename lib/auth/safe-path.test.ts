import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safePath } from './safe-path'

describe('safePath', () => {
  test.each([
    '//evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    `/${'a'.repeat(8_192)}`,
    '',
  ])('security: %j leads to no other site', (callbackUrl) => {
    expect(safePath(callbackUrl)).toBe('/play/delve')
  })

  test('security: a login never leaves this site, whatever the address bar says', () => {
    const part = fc.constantFrom(
      ...[
        '/',
        '\\',
        '.',
        '..',
        '%2e',
        '%2f',
        '\t',
        '\n',
        '@',
        ':',
        'evil.example',
      ],
      ...['http:', 'javascript:', '?', '#', '\0', '%00', 'a'],
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const path = safePath(parts.join(''))
        const { origin } = new URL(path, 'https://play.example')
        expect(origin).toBe('https://play.example')
      }),
      { numRuns: 2_000 },
    )
  })

  test('behavior: a path of this site is kept with its query', () => {
    expect(safePath('/studio/lantern?tab=2')).toBe('/studio/lantern?tab=2')
    expect(safePath(undefined)).toBe('/play/delve')
    expect(safePath(['/a', '/b'])).toBe('/play/delve')
  })
})

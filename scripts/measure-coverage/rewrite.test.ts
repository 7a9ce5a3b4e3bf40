import { describe, expect, test } from 'vitest'
import { findAssembly, moveFrame, unfoldRequires } from './rewrite'

describe('unfoldRequires', () => {
  test('behavior: a require becomes an if, on the same lines', () => {
    expect(
      unfoldRequires('if (a)\n  require(f(b, c), E(d,\n    e));\nelse g();'),
    ).toBe('if (a)\n  { if (!(f(b, c))) revert  E(d,\n    e); }\nelse g();')
  })

  test('behavior: without an error', () => {
    expect(unfoldRequires('require(a || b);')).toBe(
      '{ if (!(a || b)) revert(); }',
    )
  })

  test('behavior: comments and other names stay', () => {
    const source = '// require(a, b);\nrequireWithin(a, b);'
    expect(unfoldRequires(source)).toBe(source)
  })
})

describe('moveFrame', () => {
  test('behavior: addresses move, sizes stay', () => {
    const source =
      'constant FRAME = 0x180;\nconstant SIZE = 0x100;\nconstant END = 0x1a0;'
    expect(moveFrame(source, 0x1000)).toBe(
      'constant FRAME = 0x1180;\nconstant SIZE = 0x100;\nconstant END = 0x11a0;',
    )
  })

  test('error: no frame', () => {
    expect(() => moveFrame('constant SIZE = 0x100;', 32)).toThrow('FRAME')
  })
})

test('findAssembly: the lines between the braces', () => {
  const source = 'f();\nassembly ("memory-safe") {\n  g()\n  h()\n}\ni();'
  expect([...findAssembly(source)]).toEqual([3, 4])
})

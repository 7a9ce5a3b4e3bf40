import { describe, expect, test } from 'vitest'
import {
  findAddedLines,
  findAssembly,
  moveFrame,
  unfoldCalls,
  unfoldElses,
  unfoldRequires,
} from './rewrite'

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

describe('unfoldElses', () => {
  test('behavior: an else becomes an if that is always true, on the same lines', () => {
    const source =
      'if (a) b();\nelse if (c) d();\nelse e();\nif (f) {\n} else {\n}'
    expect(unfoldElses(source)).toBe(
      'if (a) b();\nelse if (c) d();\nelse if (true) e();\nif (f) {\n} else if (true) {\n}',
    )
    expect([...findAddedLines(source)]).toEqual([3, 5])
  })

  test('error: the lines could not be told apart', () => {
    expect(() => findAddedLines('if (a) b(); else c();')).toThrow('same line')
    expect([...findAddedLines('} else { // what if')]).toEqual([1])
  })
})

describe('unfoldCalls', () => {
  test('behavior: a branch that is one call without arguments', () => {
    expect(unfoldCalls('if (a && f(b))\n  g();\nh();')).toBe(
      'if (a && f(b))\n  { true; g(); }\nh();',
    )
  })

  test('behavior: other branches stay', () => {
    const source = 'if (a) g(b); if (c) { g(); } if (d) revert E();'
    expect(unfoldCalls(source)).toBe(source)
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

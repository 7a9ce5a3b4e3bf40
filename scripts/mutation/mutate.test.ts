import { describe, expect, it } from 'vitest'
import { mutate } from './mutate'
import { tokenize } from './tokens'

function changes(source: string, withDrops = false): string[] {
  return mutate('A.sol', source, withDrops).map(
    ({ operator, mutated }) => `${operator}: ${mutated}`,
  )
}

describe('tokenize', () => {
  it('skips comments and keeps strings whole', () => {
    const source = 'a // b < c\n/* d > e */ "f < \\" g" >>= \'h\''
    const texts = tokenize(source).map(({ text }) => text)
    expect(texts).toEqual(['a', '"f < \\" g"', '>>=', "'h'"])
  })

  it('knows what is Yul', () => {
    const source = 'f(); assembly ("memory-safe") { g() { h() } } i();'
    const yul = tokenize(source).filter(({ isYul }) => isYul)
    expect(yul.map(({ text }) => text).join('')).toBe('g(){h()}')
  })
})

describe('mutate', () => {
  it('negates comparisons and moves their boundaries', () => {
    expect(changes('x = a < b;')).toEqual([
      'negate: x = a >= b;',
      'boundary: x = a <= b;',
    ])
    expect(changes('x = a >= b;')).toEqual([
      'negate: x = a < b;',
      'boundary: x = a > b;',
    ])
    expect(changes('x = a == b;')).toEqual(['negate: x = a != b;'])
  })

  it('leaves alone what only looks like a comparison', () => {
    const source = `pragma solidity >=0.8.0 <0.9.0;
using {equals as ==} for Word global;
mapping(address => uint256) m; // a < b
constructor() { a <<= 1 >> 2; s = "a < b"; lt(1, 2); }`
    expect(changes(source)).toEqual([])
  })

  it('negates conditions that are more than one comparison', () => {
    expect(changes('require(f(a, b), E(a));')).toEqual([
      'condition: require(!(f(a, b)), E(a));',
    ])
    expect(changes('if (a == 1 || b) return;')).toEqual([
      'condition: if (!(a == 1 || b)) return;',
      'negate: if (a != 1 || b) return;',
    ])
    expect(changes('if (f(a == 1)) revert E();')).toEqual([
      'condition: if (!(f(a == 1))) revert E();',
      'negate: if (f(a != 1)) revert E();',
    ])
    expect(changes('if (a == 1) return;')).toEqual([
      'negate: if (a != 1) return;',
    ])
  })

  it('takes checks out on demand', () => {
    expect(changes('require(a == b, E());', true)).toContain(
      'drop: require(true, E());',
    )
    expect(changes('if (a) { revert E(); }', true)).toContain(
      'drop: if (false) { revert E(); }',
    )
    expect(changes('if (a) b = c;', true)).toEqual([
      'condition: if (!(a)) b = c;',
    ])
  })

  it('negates the predicates of Yul and moves their boundaries', () => {
    expect(changes('assembly { x := lt(a, f(b)) }')).toEqual([
      'negate: assembly { x := iszero(lt(a, f(b))) }',
      'boundary: assembly { x := iszero(gt(a, f(b))) }',
    ])
    expect(changes('assembly { x := eq(a, b) }')).toEqual([
      'negate: assembly { x := iszero(eq(a, b)) }',
    ])
    expect(changes('assembly { if x { y := 1 } }')).toEqual([
      'condition: assembly { if iszero(x) { y := 1 } }',
    ])
  })

  it('gives no two mutants that read the same', () => {
    expect(changes('assembly { x := iszero(gt(a, b)) }')).toEqual([
      'negate: assembly { x := iszero(iszero(gt(a, b))) }',
      'boundary: assembly { x := iszero(iszero(lt(a, b))) }',
    ])
  })

  it('names the place and joins the lines', () => {
    const source = 'f();\n  require(\n    a && // why\n      b,\n    E()\n  );'
    expect(mutate('A.sol', source)).toMatchObject([
      {
        id: 'A.sol:3:5:condition',
        line: 3,
        original: 'a && b,',
        mutated: '!(a && b),',
        source: source.replace(
          'a && // why\n      b',
          '!(a && // why\n      b)',
        ),
      },
    ])
  })
})

/** A piece of Solidity that is neither blank nor comment. */
export interface Token {
  kind: 'word' | 'string' | 'symbol'
  text: string
  start: number
  end: number
  /** Whether it stands inside the braces of an `assembly` block. */
  isYul: boolean
}

// The longest symbols first, so that `<<=` is not taken for a comparison.
const symbols = [
  '>>>=',
  '<<=',
  '>>=',
  '>>>',
  '<<',
  '>>',
  '<=',
  '>=',
  '==',
  '!=',
  '=>',
  '->',
  ':=',
  '&&',
  '||',
]

const blank = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y
const string = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y
const word = /[\w$]+/y

function matchAt(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0] ?? ''
}

function symbolAt(source: string, at: number): string {
  return symbols.find((symbol) => source.startsWith(symbol, at)) ?? ''
}

function split(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < source.length) {
    const skipped = matchAt(blank, source, at)
    if (skipped) {
      at += skipped.length
      continue
    }
    const quoted = matchAt(string, source, at)
    const name = quoted ? '' : matchAt(word, source, at)
    const text = quoted || name || symbolAt(source, at) || source.charAt(at)
    const kind = quoted ? 'string' : name ? 'word' : 'symbol'
    const end = at + text.length
    tokens.push({ kind, text, start: at, end, isYul: false })
    at = end
  }
  return tokens
}

/** Index of the token that closes the bracket at `open`. */
export function findClosing(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let i = open; i < tokens.length; i++) {
    const token = tokens[i]
    if (token?.kind !== 'symbol') continue
    if ('([{'.includes(token.text)) depth++
    if (')]}'.includes(token.text) && --depth === 0) return i
  }
  throw new Error(`nothing closes the bracket at ${tokens[open]?.start}`)
}

function markYul(tokens: readonly Token[]): void {
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i]?.text !== 'assembly') continue
    let open = i + 1
    if (tokens[open]?.kind === 'string') open++
    if (tokens[open]?.text === '(') open = findClosing(tokens, open) + 1
    if (tokens[open]?.text !== '{') continue
    const close = findClosing(tokens, open)
    for (const token of tokens.slice(open + 1, close)) token.isYul = true
    i = close
  }
}

/** Tokens of Solidity source, without comments. */
export function tokenize(source: string): Token[] {
  const tokens = split(source)
  markYul(tokens)
  return tokens
}

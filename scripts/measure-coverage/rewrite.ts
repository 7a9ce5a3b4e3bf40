import { findClosing, type Token, tokenize } from '../mutation/tokens'

interface Edit {
  start: number
  end: number
  text: string
}

function apply(source: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (text, { start, end, text: replacement }) =>
        text.slice(0, start) + replacement + text.slice(end),
      source,
    )
}

/** Index of the comma between condition and error; `close` if none. */
function findComma(
  tokens: readonly Token[],
  open: number,
  close: number,
): number {
  for (let i = open + 1; i < close; i++) {
    const { kind = '', text = '' } = tokens[i] ?? {}
    if (kind !== 'symbol') continue
    if ('([{'.includes(text)) i = findClosing(tokens, i)
    else if (text === ',') return i
  }
  return close
}

/**
 * `require(condition, Error())` as `if (!(condition)) revert Error()`, on the
 * same lines: forge finds the two branches of an `if` in code that went
 * through the intermediate representation, and not those of a `require`.
 */
export function unfoldRequires(source: string): string {
  const tokens = tokenize(source)
  const edits: Edit[] = []
  tokens.forEach((token, i) => {
    const open = tokens[i + 1]
    if (token.isYul || token.text !== 'require' || open?.text !== '(') return
    const close = findClosing(tokens, i + 1)
    const end = tokens[close + 1]
    if (end?.text !== ';') return
    const comma = findComma(tokens, i + 1, close)
    const edit = (from: number, to: number, text: string) =>
      edits.push({ start: from, end: to, text })
    edit(token.start, open.end, '{ if (!(')
    const separator = tokens[comma]
    if (separator && comma < close)
      edit(separator.start, separator.end, ')) revert ')
    const start = tokens[close]?.start ?? end.start
    edit(start, end.end, comma < close ? '; }' : ')) revert(); }')
  })
  return apply(source, edits)
}

/** The `else` branches that are not an `if` themselves: where each word starts and ends. */
function findElses(source: string): Token[] {
  const tokens = tokenize(source)
  return tokens.filter(
    ({ isYul, text }, i) =>
      !isYul && text === 'else' && tokens[i + 1]?.text !== 'if',
  )
}

/**
 * `else` as `else if (true)`: forge does not see the `else` of an `if` whose
 * own branch may leave, by a revert or a call. What it counts for the `if`
 * that this makes says the same once more: see `findAddedLines`.
 */
export function unfoldElses(source: string): string {
  return apply(
    source,
    findElses(source).map(({ end }) => {
      return { start: end, end, text: ' if (true)' }
    }),
  )
}

/** Numbers of the lines to which `unfoldElses` adds an `if`. None of them may have one already. */
export function findAddedLines(source: string): Set<number> {
  const lines = source.split('\n')
  const added = new Set<number>()
  for (const { start } of findElses(source)) {
    const line = source.slice(0, start).split('\n').length
    if (/\bif\b/.test(lines[line - 1]?.replace(/\/\/.*/, '') ?? ''))
      throw new Error(`if and else on the same line: ${lines[line - 1]}`)
    added.add(line)
  }
  return added
}

/**
 * `if (condition) f();` as `if (condition) { true; f(); }`: forge does not see
 * the branch if all of it is a call without arguments.
 */
export function unfoldCalls(source: string): string {
  const tokens = tokenize(source)
  const edits: Edit[] = []
  tokens.forEach((token, i) => {
    if (token.isYul || token.text !== 'if' || tokens[i + 1]?.text !== '(')
      return
    const behind = findClosing(tokens, i + 1) + 1
    const [name, open, close, end] = tokens.slice(behind, behind + 4)
    const isCall =
      name?.kind === 'word' &&
      [open, close, end].map((each) => each?.text).join('') === '();'
    if (!isCall || !end) return
    edits.push({ start: name.start, end: name.start, text: '{ true; ' })
    edits.push({ start: end.end, end: end.end, text: ' }' })
  })
  return apply(source, edits)
}

/**
 * The working memory of a bundle, `distance` bytes further up: code that is
 * not optimized needs the memory below it. Its addresses are the constants
 * from FRAME on.
 */
export function moveFrame(source: string, distance: number): string {
  const first = /constant FRAME = (0x[0-9a-f]+);/.exec(source)?.[1]
  if (!first) throw new Error('no constant FRAME')
  return source.replace(
    /(constant \w+ = )(0x[0-9a-f]+);/g,
    (whole, name: string, value: string) =>
      Number(value) < Number(first)
        ? whole
        : `${name}0x${(Number(value) + distance).toString(16)};`,
  )
}

/** Numbers of the lines that stand in an `assembly` block. */
export function findAssembly(source: string): Set<number> {
  const lines = new Set<number>()
  for (const { isYul, start } of tokenize(source))
    if (isYul) lines.add(source.slice(0, start).split('\n').length)
  return lines
}

import { findClosing, type Token, tokenize } from './tokens'

/**
 * What was done: a comparison or a Yul predicate negated, its boundary moved
 * by one, a condition of `require`, `if` or `while` negated, or (on demand)
 * the check of a `require` or a guard taken out.
 */
export type Operator = 'negate' | 'boundary' | 'condition' | 'drop'

/** One change to one file. */
export interface Mutant {
  /** `file:line:column:operator`. */
  id: string
  file: string
  line: number
  operator: Operator
  /** The lines that change, with blanks joined, before and after. */
  original: string
  mutated: string
  /** The whole file after the change. */
  source: string
}

interface Edit {
  start: number
  end: number
  text: string
  operator: Operator
}

const negations = new Map([
  ['<', '>='],
  ['<=', '>'],
  ['>', '<='],
  ['>=', '<'],
  ['==', '!='],
  ['!=', '=='],
])
const boundaries = new Map([
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
])
const yulPredicates = new Set(['lt', 'gt', 'slt', 'sgt', 'eq', 'iszero'])
const yulBoundaries = new Map([
  ['lt', 'gt'],
  ['gt', 'lt'],
  ['slt', 'sgt'],
  ['sgt', 'slt'],
])

/** Blanks joined and comments at the ends of lines left out. */
export function normalise(source: string): string {
  return source
    .replace(/\/\/.*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
}

function* editComparison(tokens: readonly Token[], i: number): Iterable<Edit> {
  const token = tokens[i]
  // `using {f as <} for T` and `pragma solidity <1` compare nothing.
  if (!token || token.isYul || tokens[i - 1]?.text === 'as') return
  const { start, end, text } = token
  const negated = negations.get(text)
  if (negated) yield { start, end, text: negated, operator: 'negate' }
  const moved = boundaries.get(text)
  if (moved) yield { start, end, text: moved, operator: 'boundary' }
}

function* editPredicate(
  source: string,
  tokens: readonly Token[],
  i: number,
): Iterable<Edit> {
  const token = tokens[i]
  if (!token?.isYul || !yulPredicates.has(token.text)) return
  if (tokens[i + 1]?.text !== '(') return
  const close = tokens[findClosing(tokens, i + 1)]
  if (!close) return
  const { start } = token
  const call = source.slice(start, close.end)
  yield { start, end: close.end, text: `iszero(${call})`, operator: 'negate' }
  const opposite = yulBoundaries.get(token.text)
  if (!opposite) return
  const text = `iszero(${opposite}${source.slice(token.end, close.end)})`
  yield { start, end: close.end, text, operator: 'boundary' }
}

/** Whether negating the comparison in `condition` negates all of it. */
function isOneComparison(condition: readonly Token[]): boolean {
  let depth = 0
  let comparisons = 0
  for (const { kind, text } of condition) {
    if (kind !== 'symbol') continue
    if ('([{'.includes(text)) depth++
    else if (')]}'.includes(text)) depth--
    else if (depth > 0) continue
    else if (['&&', '||', '?', '!'].includes(text)) return false
    else if (negations.has(text)) comparisons++
  }
  return comparisons === 1
}

/** Index behind the first argument of the call whose bracket is at `open`. */
function endOfArgument(tokens: readonly Token[], open: number): number {
  const close = findClosing(tokens, open)
  let depth = 0
  for (let i = open; i < close; i++) {
    const token = tokens[i]
    if (token?.kind !== 'symbol') continue
    if ('([{'.includes(token.text)) depth++
    if (')]}'.includes(token.text)) depth--
    if (token.text === ',' && depth === 1) return i
  }
  return close
}

/** Whether what follows an `if` leaves the function. */
function isGuard(tokens: readonly Token[], close: number): boolean {
  const next = tokens[close + 1]?.text === '{' ? close + 2 : close + 1
  return /^(revert|return$|_revert)/.test(tokens[next]?.text ?? '')
}

function* editCondition(
  source: string,
  tokens: readonly Token[],
  i: number,
): Iterable<Edit> {
  const { text: keyword, isYul } = tokens[i] ?? {}
  if (isYul || tokens[i + 1]?.text !== '(') return
  if (keyword !== 'require' && keyword !== 'if' && keyword !== 'while') return
  const behind = endOfArgument(tokens, i + 1)
  const condition = tokens.slice(i + 2, behind)
  const start = condition[0]?.start
  const end = condition.at(-1)?.end
  if (start === undefined || end === undefined) return
  if (!isOneComparison(condition)) {
    const text = `!(${source.slice(start, end)})`
    yield { start, end, text, operator: 'condition' }
  }
  if (keyword === 'require') {
    yield { start, end, text: 'true', operator: 'drop' }
  } else if (keyword === 'if' && isGuard(tokens, behind)) {
    yield { start, end, text: 'false', operator: 'drop' }
  }
}

/** `if condition {` of Yul, unless a predicate is all the condition is. */
function* editYulCondition(
  source: string,
  tokens: readonly Token[],
  i: number,
): Iterable<Edit> {
  const token = tokens[i]
  if (!token?.isYul || token.text !== 'if') return
  const brace = tokens.findIndex((each, j) => j > i && each.text === '{')
  const start = tokens[i + 1]?.start
  const end = tokens[brace - 1]?.end
  if (start === undefined || end === undefined) return
  const text = `iszero(${source.slice(start, end)})`
  yield { start, end, text, operator: 'condition' }
}

function* findEdits(source: string): Iterable<Edit> {
  const tokens = tokenize(source)
  let isPragma = false
  for (let i = 0; i < tokens.length; i++) {
    const { text } = tokens[i] ?? {}
    if (text === 'pragma') isPragma = true
    if (text === ';') isPragma = false
    if (isPragma) continue
    yield* editComparison(tokens, i)
    yield* editPredicate(source, tokens, i)
    yield* editCondition(source, tokens, i)
    yield* editYulCondition(source, tokens, i)
  }
}

function applyEdit(file: string, source: string, edit: Edit): Mutant {
  const { start, end, text, operator } = edit
  const lineStart = source.lastIndexOf('\n', start - 1) + 1
  const newline = source.indexOf('\n', end)
  const lineEnd = newline === -1 ? source.length : newline
  const line = source.slice(0, start).split('\n').length
  const column = start - lineStart + 1
  const before = source.slice(lineStart, start)
  return {
    id: `${file}:${line}:${column}:${operator}`,
    file,
    line,
    operator,
    original: normalise(source.slice(lineStart, lineEnd)),
    mutated: normalise(before + text + source.slice(end, lineEnd)),
    source: source.slice(0, start) + text + source.slice(end),
  }
}

/**
 * Every mutant of a file, in the order of the source; of those that read the
 * same, the first.
 * @param withDrops Whether checks are also taken out, not only negated.
 */
export function mutate(
  file: string,
  source: string,
  withDrops = false,
): Mutant[] {
  const mutants = new Map<string, Mutant>()
  for (const edit of findEdits(source)) {
    if (edit.operator === 'drop' && !withDrops) continue
    const mutant = applyEdit(file, source, edit)
    if (!mutants.has(mutant.source)) mutants.set(mutant.source, mutant)
  }
  return [...mutants.values()].sort((a, b) => a.line - b.line)
}

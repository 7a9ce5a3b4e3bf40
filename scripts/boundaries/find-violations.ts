import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { packages, rooms, sizes, vagueFolders } from './rooms'

/** Path from the project's root → text. */
export type Files = Map<string, string>

type Import = { from: string; to: string; typeOnly: boolean }

/** What breaks the rules of the house, one sentence each; empty when nothing does. */
export function findViolations(files: Files): string[] {
  const imports = [...files].flatMap(([path, text]) =>
    /\.tsx?$/.test(path) ? readImports(path, text, files) : [],
  )
  return [
    ...imports.flatMap(judgeEdge),
    ...findCycles(imports.filter((edge) => !edge.typeOnly)),
    ...[...files].flatMap(([path, text]) => judgeFile(path, text)),
  ]
}

function readImports(path: string, text: string, files: Files): Import[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false)
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node)
    if (specifier)
      found.push({
        from: path,
        to: resolve(path, specifier, files),
        typeOnly: isTypeOnly(node),
      })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    return node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)
      ? node.moduleSpecifier.text
      : undefined
  if (
    ts.isCallExpression(node) &&
    node.expression.kind === ts.SyntaxKind.ImportKeyword &&
    node.arguments[0] &&
    ts.isStringLiteral(node.arguments[0])
  )
    return node.arguments[0].text
  return undefined
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node))
    return node.importClause?.isTypeOnly ?? false
  return ts.isExportDeclaration(node) && node.isTypeOnly
}

/** Path of the imported file, or the package's name. */
function resolve(from: string, specifier: string, files: Files): string {
  const base = specifier.startsWith('@/')
    ? specifier.slice(2)
    : specifier.startsWith('.')
      ? normalize(join(dirname(from), specifier))
      : undefined
  if (base === undefined) return `package:${specifier}`
  for (const suffix of ['.ts', '.tsx', '/index.ts', ''])
    if (files.has(base + suffix)) return base + suffix
  return base
}

function roomOf(path: string): string | undefined {
  return Object.keys(rooms)
    .filter(
      (room) => path.startsWith(`${room}/`) || path.startsWith(`${room}.`),
    )
    .sort((a, b) => b.length - a.length)[0]
}

function judgeEdge({ from, to }: Import): string[] {
  if (/\.test\.tsx?$/.test(from)) return []
  const specifier = to.replace(/^package:/, '')
  for (const rule of packages)
    if (
      (rule.name.test(specifier) || rule.name.test(`@/${to}`)) &&
      !rule.only.test(from)
    )
      return [`${from} imports ${specifier}: ${rule.why}`]
  if (to.startsWith('package:')) return []
  const room = roomOf(from)
  const target = roomOf(to)
  if (!room || room === target) return []
  // A file of its own room may use the part of the room that has its own entry.
  if (target?.startsWith(`${room}/`)) return []
  if (target && rooms[room]?.includes(target)) return []
  return [`${from} imports ${to}: ${room} may not import from there`]
}

function findCycles(edges: Import[]): string[] {
  const graph = new Map<string, string[]>()
  for (const { from, to } of edges)
    if (!to.startsWith('package:'))
      graph.set(from, [...(graph.get(from) ?? []), to])
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: string[]): void => {
    if (trail.includes(path)) {
      const loop = [...trail.slice(trail.indexOf(path)), path]
      cycles.push(`import cycle: ${loop.join(' → ')}`)
      return
    }
    if (done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return cycles
}

function judgeFile(path: string, text: string): string[] {
  const found: string[] = []
  const lines = text.split('\n').length
  const size = sizes.find((rule) => rule.files.test(path))
  if (size && lines > size.lines)
    found.push(`${path} has ${lines} lines; the limit is ${size.lines}`)
  if (/^(app|components|lib)\//.test(path) && vagueFolders.test(path))
    found.push(`${path}: name the folder after what is inside`)
  if (/^(app|components|lib)\//.test(path) && path !== 'lib/config/env.ts')
    if (/\bprocess\.env\b/.test(text) && !/\.test\.tsx?$/.test(path))
      found.push(`${path} reads process.env: only lib/config/env.ts does`)
  const isActions = /(^|\/)actions\.ts$/.test(path)
  if (/^['"]use server['"]/m.test(text) && !isActions)
    found.push(`${path}: server actions live in actions.ts`)
  return found
}

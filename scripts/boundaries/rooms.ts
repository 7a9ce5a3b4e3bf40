/** Which rooms a room may import from, besides itself. A room is a path prefix; the longest match wins. */
export const rooms: Record<string, string[]> = {
  'lib/errors': [],
  'lib/config': ['lib/errors'],
  'lib/contracts': [],
  'lib/permission': ['lib/errors', 'lib/contracts'],
  'lib/policy': ['lib/errors', 'lib/contracts', 'lib/permission'],
  'lib/session': [
    ...['lib/errors', 'lib/contracts'],
    ...['lib/permission', 'lib/policy'],
    // evaluate-intent judges an intent; the type alone is shared.
    'lib/intent/intent',
  ],
  'lib/intent': [
    ...['lib/errors', 'lib/contracts'],
    ...['lib/permission', 'lib/policy', 'lib/session'],
  ],
  'lib/intent/intent': [],
  'lib/auth': ['lib/errors'],
  'lib/games': ['lib/errors', 'lib/contracts'],
  'lib/rpc': [
    ...['lib/errors', 'lib/auth'],
    ...['lib/permission', 'lib/policy', 'lib/session', 'lib/intent'],
    'lib/intent/intent',
  ],
  'lib/client': [...domain(), 'lib/rpc', 'lib/games'],
  'lib/server': [...domain(), 'lib/rpc', 'lib/games', 'lib/config'],
  components: [...domain(), 'lib/rpc', 'lib/games', 'lib/client'],
  app: [
    ...domain(),
    ...['lib/rpc', 'lib/games', 'lib/client', 'lib/server', 'components'],
  ],
}

function domain(): string[] {
  return [
    ...['lib/errors', 'lib/contracts', 'lib/auth', 'lib/permission'],
    ...['lib/policy', 'lib/session', 'lib/intent', 'lib/intent/intent'],
  ]
}

/** Packages that only some files may import. */
export const packages: { name: RegExp; only: RegExp; why: string }[] = [
  {
    name: /^(@prisma\/client|@\/lib\/server\/db\/generated)/,
    only: /^(lib\/server\/db\/|scripts\/)/,
    why: 'only lib/server/db knows Prisma',
  },
  {
    name: /^next-auth/,
    only: /^(lib\/server\/auth\/|app\/api\/auth\/)/,
    why: 'only lib/server/auth and app/api/auth know next-auth',
  },
  {
    name: /^(next|react|react-dom|server-only)(\/|$)/,
    only: /^(?!lib\/server\/(relay|mirror|db|session|studio|admin|seed)\/|lib\/(errors|config|contracts|permission|policy|session|intent|auth|rpc|games)\/)/,
    why: 'the domain and the worker know neither Next nor React',
  },
]

/** Longest files, in lines, first match wins. */
export const sizes: { files: RegExp; lines: number }[] = [
  { files: /\.test\.tsx?$/, lines: 600 },
  { files: /^app\/.*\/(page|route|actions|layout)\.tsx?$/, lines: 150 },
  { files: /^(lib|components|app|scripts)\/.*\.tsx?$/, lines: 300 },
  { files: /^contracts\/src\/.*\.sol$/, lines: 400 },
]

/** Folder names that say nothing about what is inside. */
export const vagueFolders =
  /(^|\/)(utils|helpers|types|hooks|services|features)\//

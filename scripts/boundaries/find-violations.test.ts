import { describe, expect, test } from 'vitest'
import { findViolations } from './find-violations'

const find = (files: Record<string, string>) =>
  findViolations(new Map(Object.entries(files)))

describe('behavior: planted violations are found', () => {
  test.each([
    [
      'the client importing the server',
      { 'lib/client/a.ts': "import { b } from '@/lib/server/db/b'" },
      'lib/client may not import from there',
    ],
    [
      'the domain going upwards',
      { 'lib/permission/a.ts': "import type { S } from '../session/session'" },
      'lib/permission may not import from there',
    ],
    [
      'a component importing a page',
      { 'components/ui/a.tsx': "import { b } from '@/app/b'" },
      'components may not import from there',
    ],
    [
      'Prisma outside of its room',
      {
        'lib/server/admin/a.ts':
          "import { b } from '@/lib/server/db/generated/client'",
      },
      'only lib/server/db knows Prisma',
    ],
    [
      'next-auth outside of its room',
      { 'lib/client/a.ts': "import { signIn } from 'next-auth/react'" },
      'know next-auth',
    ],
    [
      'Next in the worker',
      { 'lib/server/relay/a.ts': "import { headers } from 'next/headers'" },
      'neither Next nor React',
    ],
    [
      'the environment read elsewhere',
      { 'lib/server/auth/a.ts': 'export const a = process.env.A' },
      'only lib/config/env.ts',
    ],
    [
      'a cycle',
      {
        'lib/rpc/a.ts': "import { b } from './b'\nexport const a = b",
        'lib/rpc/b.ts': "import { a } from './a'\nexport const b = a",
      },
      'import cycle: lib/rpc/a.ts → lib/rpc/b.ts → lib/rpc/a.ts',
    ],
    [
      'a file too long',
      { 'lib/rpc/a.ts': '\n'.repeat(301) },
      'the limit is 300',
    ],
    [
      'a vague folder',
      { 'lib/utils/a.ts': 'export const a = 1' },
      'name the folder',
    ],
    [
      'a server action elsewhere',
      { 'lib/server/auth/a.ts': "'use server'\nexport async function a() {}" },
      'server actions live in actions.ts',
    ],
  ])('error: %s', (_, files, sentence) => {
    expect(find(files).join('\n')).toContain(sentence)
  })

  test('behavior: a lawful tree has none', () => {
    expect(
      find({
        'lib/permission/a.ts': "import { e } from '@/lib/errors/e'",
        'lib/errors/e.ts': 'export const e = 1',
        'lib/session/s.ts': "import { a } from '@/lib/permission/a'",
        'app/x/page.tsx': "import { s } from '@/lib/server/session/s'",
        'lib/server/session/s.ts': "import { e } from '@/lib/errors/e'",
      }),
    ).toEqual([])
  })
})

import type { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { getAuthOptions } from '@/lib/server/auth/auth-options'

type Context = { params: Promise<{ nextauth: string[] }> }

function handle(request: NextRequest, context: Context): Promise<Response> {
  return NextAuth(getAuthOptions())(request, context)
}

export { handle as GET, handle as POST }

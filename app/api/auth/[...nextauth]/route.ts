import type { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { getAuthOptions } from '@/lib/server/auth/auth-options'
import { boundRequest } from '@/lib/server/http/bound-request'
import { limitByAddress } from '@/lib/server/http/rate-limits'
import { renderError } from '@/lib/server/http/render-error'

type Context = { params: Promise<{ nextauth: string[] }> }

/** A login message and its signature, in a form. */
const BODY_MAX_BYTES = 32_768

export function GET(request: NextRequest, context: Context): Promise<Response> {
  return NextAuth(getAuthOptions())(request, context)
}

/** next-auth reads bodies whole, so their size is bounded here. */
export async function POST(
  request: NextRequest,
  context: Context,
): Promise<Response> {
  try {
    limitByAddress(request, 'signIn')
    const bounded = await boundRequest(request, BODY_MAX_BYTES)
    return await NextAuth(getAuthOptions())(bounded, context)
  } catch (error) {
    return renderError(error, 'auth')
  }
}

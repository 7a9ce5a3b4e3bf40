import { type NextRequest, NextResponse } from 'next/server'

const isDevelopment = process.env.NODE_ENV === 'development'

/**
 * Sets a Content-Security-Policy with a nonce of its own for each page: no foreign script,
 * no foreign connection, never inside a frame. It grants nothing and checks no login: each
 * page, route and action does that itself.
 */
export function proxy(request: NextRequest): NextResponse {
  const home = homeOf(request)
  if (home) return misdirected(home)
  const nonce = btoa(crypto.randomUUID())
  const policy = contentSecurityPolicy(nonce)
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/

/**
 * The same page under the app's own origin, for a visitor of a local app who typed another of
 * its names: logins are bound to one origin and would fail there without a visible reason.
 */
function homeOf(request: NextRequest): URL | null {
  const app = process.env.APP_URL
  const host = request.headers.get('host')
  if (!app || !host || request.method !== 'GET') return null
  const own = new URL(app)
  const visited = new URL(`http://${host}`)
  const isAlias =
    visited.port === own.port &&
    visited.hostname !== own.hostname &&
    loopback.test(visited.hostname) &&
    loopback.test(own.hostname)
  if (!isAlias) return null
  return new URL(request.nextUrl.pathname + request.nextUrl.search, own)
}

/** A page that goes there by itself. Not a redirect: Next takes the local names for one host and would make it lead nowhere. */
function misdirected(home: URL): NextResponse {
  const body = `<!doctype html><meta http-equiv="refresh" content="0;url=${home.href}"><title>Playkey</title><a href="${home.href}">${home.host}</a>`
  return new NextResponse(body, {
    status: 421,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  })
}

function contentSecurityPolicy(nonce: string): string {
  const reload = isDevelopment ? " 'unsafe-eval'" : ''
  const directives: Record<string, string> = {
    'default-src': "'none'",
    'script-src': `'self' 'nonce-${nonce}' 'strict-dynamic'${reload}`,
    // Components set sizes and positions through style attributes, which have no nonce.
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': isDevelopment ? "'self' ws:" : "'self'",
    'manifest-src': "'self'",
    'frame-ancestors': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'object-src': "'none'",
  }
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

export const config = {
  matcher: [
    {
      source: '/((?!api/|_next/static|_next/image|favicon.ico|icon.svg).*)',
      missing: [
        { type: 'header', key: 'next-router-prefetch' },
        { type: 'header', key: 'purpose', value: 'prefetch' },
      ],
    },
  ],
}

import 'server-only'
import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { getServerEnv } from '@/lib/config/env'
import { toPlaykeyError } from '@/lib/errors/base-error'
import { getChainClient } from '../chain/server-chain'
import { getDatabase } from '../db/database'
import { logger } from '../log/logger'
import { recordLogin } from './load-actor'
import { verifySiwe } from './verify-siwe'

const LOGIN_SECONDS = 86_400

type Credentials = { message?: string; signature?: string }

/** next-auth's options: one provider, Sign-In with Ethereum; a JWT cookie (httpOnly, SameSite=Lax) that holds the user's id and nothing that grants rights. */
export function getAuthOptions(): NextAuthOptions {
  const env = getServerEnv()
  const isSecure = env.APP_URL.startsWith('https:')
  return {
    secret: env.NEXTAUTH_SECRET,
    session: { strategy: 'jwt', maxAge: LOGIN_SECONDS },
    useSecureCookies: isSecure,
    pages: { signIn: '/login', error: '/login' },
    providers: [
      CredentialsProvider({
        id: 'siwe',
        name: 'Sign-In with Ethereum',
        credentials: {
          message: { label: 'Message', type: 'text' },
          signature: { label: 'Signature', type: 'text' },
        },
        authorize: (credentials) => authorize(credentials ?? {}),
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => {
        const sub = user?.id ?? token.sub
        return sub ? { sub } : {}
      },
      session: ({ session, token }) =>
        Object.assign({ expires: session.expires }, { userId: token.sub }),
      redirect: ({ url }) => sameOrigin(url, env.APP_URL),
    },
  }
}

/** @throws Error whose text is the error's code; next-auth hands it to the page as `?error=`. */
async function authorize(credentials: Credentials): Promise<{ id: string }> {
  const env = getServerEnv()
  const database = getDatabase()
  try {
    const address = await verifySiwe(
      {
        message: credentials.message ?? '',
        signature: credentials.signature ?? '',
      },
      { appUrl: env.APP_URL, chainId: env.CHAIN_ID, nowMs: Date.now() },
      { database, client: getChainClient() },
    )
    return { id: await recordLogin(database, address) }
  } catch (cause) {
    const error = toPlaykeyError(cause)
    if (error.code === 'internal') logger.error({ err: cause }, 'login failed')
    logger.info({ code: error.code, ...error.details }, 'login refused')
    throw new Error(error.code)
  }
}

function sameOrigin(url: string, appUrl: string): string {
  const base = new URL(appUrl)
  if (!URL.canParse(url, base)) return base.origin
  const target = new URL(url, base)
  return target.origin === base.origin ? target.href : base.origin
}

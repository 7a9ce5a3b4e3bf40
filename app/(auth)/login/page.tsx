import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { LogoMark } from '@/components/ui/logo'
import { LoginFacts, LoginPanel } from '@/components/wallet/login-panel'
import { safePath } from '@/lib/auth/safe-path'
import { getActor } from '@/lib/server/auth/actor'
import { getPublicConfig } from '@/lib/server/http/public-config'

export const metadata: Metadata = { title: 'Log in' }

type LoginPageProps = {
  searchParams: Promise<{ callbackUrl?: string | string[] }>
}

export default async function LoginPage({ searchParams }: LoginPageProps) {
  const callbackPath = safePath((await searchParams).callbackUrl)
  const [actor, config] = await Promise.all([getActor(), getPublicConfig()])
  if (actor) redirect(callbackPath)

  return (
    <main
      id="main"
      className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center px-4 py-12"
    >
      <LogoMark className="h-5 self-start text-torch" />
      <h1 className="mt-6 font-pixel text-3xl">Log in</h1>
      <p className="mt-2 mb-6 text-parchment-dim leading-relaxed">
        Your wallet is your account. Choose the one to play with.
      </p>
      <LoginPanel config={config} callbackPath={callbackPath} />
      <div className="hairline mt-4 border-t pt-6">
        <LoginFacts />
      </div>
    </main>
  )
}

import { GeistMono } from 'geist/font/mono'
import { GeistPixelSquare } from 'geist/font/pixel'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import { connection } from 'next/server'
import type { ReactNode } from 'react'
import { SiteFooter } from '@/components/ui/site-footer'
import { SiteHeader } from '@/components/ui/site-header'
import { Providers } from '@/lib/client/providers'
import { getActor } from '@/lib/server/auth/actor'
import { getPublicConfig } from '@/lib/server/http/public-config'
import './globals.css'

export const metadata: Metadata = {
  title: {
    default: 'Playkey: sign once, then just play',
    template: '%s · Playkey',
  },
  description:
    'On-chain games without pop-ups: one signature, a timed session, and limits that the chain itself keeps.',
}

export const viewport: Viewport = {
  themeColor: '#0d0c0f',
  colorScheme: 'dark',
}

export default async function RootLayout({
  children,
}: {
  children: ReactNode
}) {
  // Every page is made for its request: its policy's nonce, its actor, its environment.
  await connection()
  const [actor, config] = await Promise.all([getActor(), getPublicConfig()])
  return (
    <html
      lang="en"
      className={`${GeistSans.variable} ${GeistMono.variable} ${GeistPixelSquare.variable}`}
    >
      <body className="torchlight flex flex-col">
        <Providers config={config}>
          <SiteHeader actor={actor} />
          {children}
          <SiteFooter actor={actor} />
        </Providers>
      </body>
    </html>
  )
}

import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'
import { securityHeaders } from './lib/config/security-headers'

const headers = Object.entries(securityHeaders).map(([key, value]) => ({
  ...{ key, value },
}))

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  turbopack: { root: fileURLToPath(new URL('.', import.meta.url)) },
  serverExternalPackages: ['pg', 'pino', '@prisma/adapter-pg'],
  // `npm test` checks types; a start need not check them again.
  typescript: { ignoreBuildErrors: true },
  experimental: { serverActions: { bodySizeLimit: '256kb' } },
  headers: async () => [{ source: '/:path*', headers }],
}

export default config

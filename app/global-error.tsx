'use client'

import './globals.css'

type GlobalErrorProps = {
  error: Error & { digest?: string }
  retry: () => void
}

export default function GlobalError({ error, retry }: GlobalErrorProps) {
  return (
    <html lang="en">
      <body className="flex min-h-dvh flex-col items-center justify-center gap-4 p-6 text-center">
        <title>Playkey cannot be reached</title>
        <h1 className="font-semibold text-xl">Playkey cannot be reached</h1>
        <p className="max-w-sm text-parchment-dim">
          The server or its database does not answer. Your sessions and what you
          own are on chain and not affected.
        </p>
        {error.digest && (
          <p className="font-mono text-parchment-faint text-xs">
            Reference {error.digest}
          </p>
        )}
        <button
          type="button"
          onClick={retry}
          className="rounded-[10px] bg-torch px-4 py-2 font-medium text-basalt-950"
        >
          Try again
        </button>
      </body>
    </html>
  )
}

'use client'

import { LogOut, Menu } from 'lucide-react'
import Link from 'next/link'
import { useEffect, useRef, useState } from 'react'
import { logOut } from '@/lib/client/login'
import { Button } from './button'
import { CopyButton } from './copy-button'
import { shortHex } from './hex'
import { Identicon } from './identicon'
import type { NavItem } from './site-nav'

type AccountMenuProps = { address: string; items: NavItem[] }

/** Account chip; holds the navigation too where the screen is narrow. */
export function AccountMenu({ address, items }: AccountMenuProps) {
  const [open, setOpen] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const root = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (!open) return
    const onPointer = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false)
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setOpen(false)
    }
    document.addEventListener('pointerdown', onPointer)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', onPointer)
      document.removeEventListener('keydown', onKey)
    }
  }, [open])

  const leave = async () => {
    setLeaving(true)
    await logOut()
    window.location.assign('/')
  }

  return (
    <div ref={root} className="relative">
      <button
        type="button"
        aria-expanded={open}
        aria-label={`Account ${shortHex(address)}`}
        onClick={() => setOpen(!open)}
        className="flex h-9 items-center gap-2 rounded-[10px] border border-white/12 bg-basalt-850 pr-2.5 pl-1.5 transition-colors hover:border-white/22"
      >
        <Identicon address={address} />
        <span className="font-mono text-[13px]">{shortHex(address)}</span>
        <Menu className="size-4 text-parchment-faint" aria-hidden="true" />
      </button>
      {open && (
        <div className="surface absolute right-0 mt-2 w-64 animate-rise bg-basalt-850 p-2">
          <nav
            aria-label="Sections"
            className="hairline mb-2 border-b pb-2 sm:hidden"
          >
            {items.map((item) => (
              <Link
                key={item.href}
                href={item.href}
                onClick={() => setOpen(false)}
                className="flex h-10 items-center rounded-lg px-3 text-sm hover:bg-white/6"
              >
                {item.label}
              </Link>
            ))}
          </nav>
          <div className="flex items-center justify-between gap-2 px-3 py-1.5">
            <div>
              <p className="text-parchment-faint text-xs">Logged in as</p>
              <p className="font-mono text-[13px]">{shortHex(address)}</p>
            </div>
            <CopyButton value={address} what="address" />
          </div>
          <Button
            variant="ghost"
            onClick={leave}
            pending={leaving}
            className="mt-1 w-full justify-start! px-3!"
          >
            <LogOut className="size-4" aria-hidden="true" />
            Log out
          </Button>
        </div>
      )}
    </div>
  )
}

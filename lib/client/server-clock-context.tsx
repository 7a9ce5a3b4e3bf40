'use client'

import { createContext, type ReactNode, useContext, useState } from 'react'
import { ServerClock } from './server-clock'

const ClockContext = createContext(new ServerClock(Date.now()))

type ServerClockProviderProps = { serverTimeMs: number; children: ReactNode }

/** Gives the clock of the server that made the page to all that shows times. */
export function ServerClockProvider(props: ServerClockProviderProps) {
  const [clock] = useState(() => new ServerClock(props.serverTimeMs))
  return <ClockContext value={clock}>{props.children}</ClockContext>
}

/** The server's clock; the device's own outside of a page. */
export function useServerClock(): ServerClock {
  return useContext(ClockContext)
}

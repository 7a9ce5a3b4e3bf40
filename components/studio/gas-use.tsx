import type { GameView, GasUseView } from '@/lib/policy/studio-view'
import { Meter } from '../ui/meter'
import { formatGas } from './format-gas'

/** What the relay has paid for today, for one game and for all of its studio. */
export function GasUse({ gas }: Pick<GameView, 'gas'>) {
  const isOver = (use: GasUseView) =>
    use.usedGas + use.reservedGas >= use.limitGas
  return (
    <section aria-label="Gas today" className="surface p-5 sm:p-6">
      <h3 className="font-semibold">Gas today</h3>
      <p className="mt-1 mb-4 text-parchment-dim text-sm">
        Players move for free: the relay pays their gas, up to a limit for each
        day. It starts anew at {timeOf(gas.game.resetsAt)} UTC.
      </p>
      <div className="grid gap-4 sm:grid-cols-2">
        <Use label="This game" use={gas.game} />
        <Use label="All games of the studio" use={gas.studio} />
      </div>
      {(isOver(gas.game) || isOver(gas.studio)) && (
        <p role="status" className="mt-4 text-sm">
          Today’s limit is used up. Moves are refused until it starts anew;
          sessions are kept. Ask who runs the relay for a higher limit.
        </p>
      )}
    </section>
  )
}

function Use({ label, use }: { label: string; use: GasUseView }) {
  const { usedGas, reservedGas, limitGas } = use
  return (
    <div>
      <Meter
        label={label}
        used={usedGas + reservedGas}
        max={limitGas}
        text={`${formatGas(usedGas)} of ${formatGas(limitGas)}`}
      />
      <p className="mt-1 text-[13px] text-parchment-faint">
        {reservedGas === 0
          ? 'No moves are on their way.'
          : `Another ${formatGas(reservedGas)} reserved for moves on their way.`}
      </p>
    </div>
  )
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(11, 16)
}

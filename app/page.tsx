import { Hourglass, KeyRound, ShieldCheck } from 'lucide-react'
import { DelvePreview } from '@/components/game/delve-preview'
import { ButtonLink } from '@/components/ui/button'
import { FlowPicture } from '@/components/ui/flow-picture'

const promises = [
  {
    icon: KeyRound,
    title: 'One signature',
    text: 'You read what the game may do, sign it once, and play. Every move after that is signed in the background by a key that cannot leave your browser. No pop-ups, and no gas to pay.',
  },
  {
    icon: ShieldCheck,
    title: 'Nothing beyond it',
    text: 'Which contract, which function, how often, how much, until when: a contract checks all of it at every single move. Not our server, not the game.',
  },
  {
    icon: Hourglass,
    title: 'Over when you say so',
    text: 'A session ends by the clock, or at once when you revoke it. The studio and the platform can end a session too. None of them can start one.',
  },
]

export default function HomePage() {
  return (
    <main id="main" className="flex-1">
      <section className="mx-auto grid max-w-7xl items-center gap-10 px-4 pt-10 pb-16 sm:px-6 sm:pt-16 lg:grid-cols-[5fr_6fr] lg:gap-14 lg:pb-24">
        <div>
          <h1 className="text-balance font-pixel text-[2.6rem] leading-[1.06] sm:text-6xl">
            Sign once.
            <br />
            <span className="text-torch">Then just play.</span>
          </h1>
          <p className="mt-6 max-w-lg text-pretty text-lg text-parchment-dim leading-relaxed">
            Playkey gives an on-chain game a key to your moves: for the time you
            choose, for the actions you allow, and for nothing else.
          </p>
          <div className="mt-8 flex flex-wrap gap-3">
            <ButtonLink href="/play/delve" variant="primary" size="lg">
              Play Delve
            </ButtonLink>
            <ButtonLink href="#how" size="lg">
              How it works
            </ButtonLink>
          </div>
        </div>
        <figure className="surface overflow-hidden p-2">
          <div className="overflow-hidden rounded-lg">
            <DelvePreview />
          </div>
          <figcaption className="flex items-center justify-between gap-4 px-2 pt-3 pb-1 text-[13px] text-parchment-faint">
            <span>
              <span className="font-medium text-parchment-dim">Delve</span>, a
              dungeon that lives wholly on chain
            </span>
            <span className="max-sm:hidden">Scripted preview</span>
          </figcaption>
        </figure>
      </section>

      <section
        aria-label="What Playkey promises"
        className="hairline border-y bg-basalt-900/60"
      >
        <ul className="mx-auto grid max-w-7xl gap-x-12 gap-y-10 px-4 py-14 sm:px-6 md:grid-cols-3">
          {promises.map(({ icon: Icon, title, text }) => (
            <li key={title}>
              <Icon className="size-5 text-torch" aria-hidden="true" />
              <h2 className="mt-4 font-semibold text-lg">{title}</h2>
              <p className="mt-2 text-pretty text-[15px] text-parchment-dim leading-relaxed">
                {text}
              </p>
            </li>
          ))}
        </ul>
      </section>

      <section
        id="how"
        aria-labelledby="how-title"
        className="mx-auto max-w-7xl scroll-mt-16 px-4 py-16 sm:px-6 sm:py-24"
      >
        <h2 id="how-title" className="font-pixel text-3xl">
          How a move travels
        </h2>
        <p className="mt-3 mb-10 max-w-xl text-parchment-dim leading-relaxed">
          The relay is fast, but it has no power: it can neither forge a move,
          nor alter one, nor play it twice.
        </p>
        <FlowPicture />
      </section>
    </main>
  )
}

/** The moment of a message at which a trap springs: before it is passed on, as it is passed on, or once it is answered but before the answer is passed on. */
export type Moment = 'before' | 'during' | 'after'

/** Stops a process at a message of a kind. */
export type Trap<Message> = {
  moment: Moment
  matches(message: Message): boolean
  /** Called once, in the same tick as the message is seen. */
  spring(): void
}

/** Holds at most one trap; a proxy asks it about each message. */
export class TrapHolder<Message> {
  #trap: Trap<Message> | null = null

  set(trap: Trap<Message> | null): void {
    this.#trap = trap
  }

  /** The trap that this message is for. It stays until it springs. */
  find(message: Message): Trap<Message> | null {
    return this.#trap?.matches(message) ? this.#trap : null
  }

  /** Springs a trap that was found, unless another message did so meanwhile. @returns whether it sprang. */
  spring(trap: Trap<Message>): boolean {
    if (this.#trap !== trap) return false
    this.#trap = null
    trap.spring()
    return true
  }
}

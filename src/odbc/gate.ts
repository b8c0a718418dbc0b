/**
 * Lets calls of the package `odbc` in, of which each takes a thread of libuv's pool until the database has answered.
 *
 * Connecting, the package takes a lock for the whole process, and every statement takes that lock for a moment at its
 * beginning, in its thread, and at its end, in the main one. So statements beside an attempt to connect that hangs
 * would occupy the pool, or stop the program. They wait here instead, where a deadline can end their waiting.
 */
export interface Turn<T> {
  readonly done: Promise<T>
  /** Nobody waits for it any more. Answers whether it had not begun; then it never will. */
  giveUp(): boolean
}

interface Guest {
  /** To connect. */
  readonly alone: boolean
  begin(): void
  /** It has waited long enough for statements that are not done. */
  impatient: boolean
  givenUp: boolean
}

/** Milliseconds that an attempt to connect waits for statements that may be waiting for a lock in their turn. */
const patience = 250

export class Gate {
  readonly #waiting: Guest[] = []
  readonly #inside = new Set<Guest>()
  #connecting = false

  /** @param room how many there may be inside */
  constructor(private readonly room: number) {}

  /** @param alone it is going to connect */
  enter<T>(alone: boolean, work: () => Promise<T>): Turn<T> {
    let begin = (): void => {}
    const done = new Promise<T>((resolve, reject) => {
      const leaving =
        <A>(settle: (value: A) => void) =>
        (value: A): void => {
          this.#leave(guest)
          settle(value)
        }
      begin = () => void work().then(leaving(resolve), leaving(reject))
    })
    const guest: Guest = { alone, begin, impatient: false, givenUp: false }
    this.#waiting.push(guest)
    this.#admit()
    if (alone && !this.#inside.has(guest)) this.#loseItsPatience(guest)
    return { done, giveUp: () => this.#giveUp(guest) }
  }

  #admit(): void {
    for (;;) {
      const [first] = this.#waiting
      if (!first || !this.#mayEnter(first)) return
      this.#waiting.shift()
      this.#inside.add(first)
      this.#connecting = first.alone
      first.begin()
    }
  }

  #mayEnter(guest: Guest): boolean {
    if (this.#connecting || this.#inside.size >= this.room) return false
    if (!guest.alone || this.#inside.size === 0) return true
    // What was given up may be waiting for a server that does not answer, and then connecting would hang.
    return guest.impatient && ![...this.#inside].some(({ givenUp }) => givenUp)
  }

  #leave(guest: Guest): void {
    this.#inside.delete(guest)
    if (guest.alone) this.#connecting = false
    this.#admit()
  }

  #loseItsPatience(guest: Guest): void {
    setTimeout(() => {
      guest.impatient = true
      this.#admit()
    }, patience).unref()
  }

  #giveUp(guest: Guest): boolean {
    guest.givenUp = true
    const at = this.#waiting.indexOf(guest)
    if (at < 0) return false
    this.#waiting.splice(at, 1)
    this.#admit()
    return true
  }
}

/** Threads of libuv's pool but one, which the rest of the program needs for files and names of hosts. */
export const places = Math.max(1, (Number(process.env['UV_THREADPOOL_SIZE']) || 4) - 1)

/** The pool and the lock are the whole process's. */
export const gate = new Gate(places)

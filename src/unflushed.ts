import type { Logger } from './contracts/services.ts'
import type { SessionState } from './session-state.ts'

/**
 * Warns of sessions that a program changed and then dropped, or still held at its end, without a flush. In Perl the
 * destructor would have stored them; JavaScript has none that could.
 */
export class UnflushedWatch {
  readonly #states = new Map<SessionState, Logger>()
  readonly #dropped = new FinalizationRegistry<SessionState>((state) => {
    this.#warn(state, 'was dropped')
    this.#states.delete(state)
  })

  constructor() {
    process.once('exit', () => {
      for (const state of this.#states.keys()) this.#warn(state, 'was still open at the end of the program')
    })
  }

  /** @param session the object that the program holds; its state must not lead back to it. */
  watch(session: object, state: SessionState, logger: Logger): void {
    this.#states.set(state, logger)
    this.#dropped.register(session, state, state)
  }

  unwatch(state: SessionState): void {
    this.#states.delete(state)
    this.#dropped.unregister(state)
  }

  #warn(state: SessionState, what: string): void {
    if (!state.deleted && state.hasChanges) {
      this.#states.get(state)?.warn(`Session ${state.record.id} ${what} with changes that were not flushed`)
    }
  }
}

let watch: UnflushedWatch | undefined

/** The one watch of this process, made when the first store asks for it. */
export function unflushedWatch(): UnflushedWatch {
  watch ??= new UnflushedWatch()
  return watch
}

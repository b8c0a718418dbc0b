/**
 * When a hash-style session is stored: by itself once the program, having changed it, gives way; or when it is asked
 * for. One write follows the other.
 */
export class Commits {
  readonly #commit: () => Promise<boolean>
  readonly #report: (error: unknown) => void
  #isDue = false
  #running: Promise<void> | undefined
  /** How many are waiting for an answer: they will be told of failures. */
  #asking = 0

  /**
   * @param commit stores what has changed by then; what could not be stored is still changed after that
   * @param report is told of a failure that nobody is waiting for
   */
  constructor(commit: () => Promise<boolean>, report: (error: unknown) => void) {
    this.#commit = commit
    this.#report = report
  }

  /** To be stored with everything else that is done before the program gives way. */
  soon(): void {
    this.#isDue = true
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    await Promise.resolve()
    try {
      while (this.#isDue) {
        this.#isDue = false
        try {
          await this.#commit()
        } catch (error) {
          if (this.#asking === 0) this.#report(error)
        }
      }
    } finally {
      this.#running = undefined
    }
  }

  /** After all that is under way. What failed before is tried again. Answers whether anything was written. */
  async now(): Promise<boolean> {
    this.#asking++
    try {
      // With nothing under way it begins at once, with what has changed by now.
      if (this.#running) await this.#running
      return await this.#commit()
    } finally {
      this.#asking--
    }
  }

  /** Waits until nothing is under way. */
  async settled(): Promise<void> {
    await this.#running
  }
}

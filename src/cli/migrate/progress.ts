import type { MigrationProgress } from '../../migrate/options.ts'
import { countText, durationText } from '../measures.ts'
import type { Terminal } from '../terminal.ts'

/** Milliseconds: what is over before needs no bar; how often one is drawn; how often a line is written instead. */
const times = { patience: 500, bar: 100, line: 10_000 } as const

/** In characters. */
const longestBar = 30

const eraseLine = '\r\u001b[K'

/** How far long work has got: a bar on a screen, a line now and then in a file. */
export class Progress {
  readonly #start: number
  #last = 0
  #isDrawn = false

  /** @param clock in milliseconds */
  constructor(
    private readonly terminal: Pick<Terminal, 'err' | 'screens' | 'columns'>,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.#start = clock()
  }

  show({ done, total }: MigrationProgress): void {
    const elapsed = this.clock() - this.#start
    const isScreen = this.terminal.screens.err
    const due = isScreen ? Math.max(this.#last + times.bar, times.patience) : this.#last + times.line
    if (elapsed < due || done === 0) return
    this.#last = elapsed
    const rate = done / (elapsed / 1000)
    const left = durationText(Math.ceil(Math.max(total - done, 0) / rate))
    const share = Math.min(done / Math.max(total, 1), 1)
    const text =
      `${Math.floor(share * 100)}%  ${countText(done)} of ${countText(total)}  ` +
      `${countText(Math.round(rate))}/s  ${left} left`
    if (isScreen) this.terminal.err(`${eraseLine}${this.#bar(share, text.length)}${text}`)
    else this.terminal.err(`${text}\n`)
    this.#isDrawn = isScreen
  }

  /** Writes a line of its own. */
  say(line: string): void {
    this.erase()
    this.terminal.err(`${line}\n`)
  }

  erase(): void {
    if (this.#isDrawn) this.terminal.err(eraseLine)
    this.#isDrawn = false
  }

  #bar(share: number, textLength: number): string {
    const width = Math.min(this.terminal.columns - textLength - 5, longestBar)
    const full = Math.round(share * width)
    return width < 5 ? '' : `[${'#'.repeat(full)}${'-'.repeat(width - full)}]  `
  }
}

import type { Terminal } from './terminal.ts'
import { countText } from './measures.ts'

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A line for each count, with a bar as long as its part of the largest. */
export function bars(
  counts: readonly (readonly [name: string, count: number])[],
  terminal: Terminal,
): string[] {
  const most = Math.max(...counts.map(([, count]) => count), 1)
  const names = Math.max(...counts.map(([name]) => name.length))
  const numbers = Math.max(...counts.map(([, count]) => countText(count).length))
  const columns = Math.max(Math.min(terminal.columns, 80) - names - numbers - 6, 10)
  const draw = hasUnicode(terminal) ? smooth : coarse
  return counts.map(([name, count]) =>
    `  ${name.padEnd(names)}  ${countText(count).padStart(numbers)}  ${draw((count / most) * columns)}`.trimEnd(),
  )
}

/** What is not nothing is seen. */
function smooth(length: number): string {
  const parts = length === 0 ? 0 : Math.max(Math.round(length * 8), 1)
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '')
}

function coarse(length: number): string {
  return '#'.repeat(Math.ceil(length))
}

/** Whether the terminal's characters are more than ASCII, as the locale says. */
function hasUnicode({ environment }: Terminal): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG']
  return locale === undefined || /utf-?8/i.test(locale)
}

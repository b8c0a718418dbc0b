const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const

const year = 31_536_000

/** A point in time, given as whole seconds since 1970: `2026-01-31T08:15:00Z`. */
export function timeText(seconds: number): string {
  const time = new Date(seconds * 1000)
  return Number.isNaN(time.getTime()) ? `@${seconds}` : time.toISOString().replace('.000Z', 'Z')
}

/** A length of time, given in seconds, exactly: `2h`, `1d 30m`. */
export function durationText(seconds: number): string {
  if (seconds === 0) return '0s'
  let rest = Math.abs(seconds)
  const parts: string[] = []
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return (seconds < 0 ? '-' : '') + parts.join(' ')
}

/** The same, roughly: its largest unit alone. */
export function roughDuration(seconds: number): string {
  const years = Math.floor(Math.abs(seconds) / year)
  return years > 0 ? `${seconds < 0 ? '-' : ''}${years}y` : (durationText(seconds).split(' ')[0] ?? '')
}

/** A number of bytes: `512 B`, `1.5 kB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), 4)
  return `${(bytes / 1000 ** power).toFixed(1)} ${['', 'kB', 'MB', 'GB', 'TB'][power]}`
}

/** A count, with its thousands apart. */
export function countText(count: number): string {
  return count.toLocaleString('en-US')
}

/** `1 session`, `2 sessions`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
}

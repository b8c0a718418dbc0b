import { InvalidTimeError } from './errors.ts'

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, M: 2_592_000, y: 31_536_000 } as const

const DURATION = /^([-+]?\d+)([smhdwMy]?)$/

/** A duration: whole seconds, or a whole number with a suffix: `'90'`, `'15m'`, `'2h'`, `'-1d'`, `'6M'`. */
export type Duration = number | string

/**
 * The seconds in a duration. Suffixes, case-sensitive: s second, m minute, h hour, d day, w week, M 30 days,
 * y 365 days. `undefined`, `null`, `false` and `''` are 0, as in Data::Session's `validate_time`.
 *
 * @throws InvalidTimeError for anything else, and beyond 2^53 - 1 seconds.
 */
export function parseDuration(time: Duration | null | undefined | false): number {
  if (time === undefined || time === null || time === false || time === '') return 0
  const match = DURATION.exec(String(time))
  if (!match) throw new InvalidTimeError(time)
  const unit = match[2] as '' | keyof typeof SECONDS
  const seconds = Number(match[1]) * (unit === '' ? 1 : SECONDS[unit])
  if (!Number.isSafeInteger(seconds)) throw new InvalidTimeError(time)
  return seconds === 0 ? 0 : seconds
}

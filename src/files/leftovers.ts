import { lstatSync, unlinkSync } from 'node:fs'

/** No write takes that long. In milliseconds. */
const HOUR = 3_600_000

/**
 * Whether nothing has happened to this file for an hour. The time of its last change of any kind counts, which the
 * system sets and nobody can move, by the system's own clock.
 */
export function isOld(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat !== undefined && stat.ctimeMs < Date.now() - HOUR
}

/** Removes what a writer left behind when it died. */
export function removeIfOld(path: string): void {
  if (isOld(path)) unlinkSync(path)
}

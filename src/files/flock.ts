import type { Awaitable } from '../contracts/awaitable.ts'

export type LockKind = 'shared' | 'exclusive'

/**
 * The locks of flock(2), the only ones that Perl's `flock` respects. A lock belongs to the open file: it excludes every
 * other opening of the same file, in this process too, and ends when the file is closed or the process dies.
 */
export interface Flock {
  /** What to tell those who want to know how it works here. */
  readonly remark?: string

  /** Tries once and never waits. Answers `false` when somebody else holds a lock that stands against it. */
  tryLock(fd: number, kind: LockKind): Awaitable<boolean>
}
